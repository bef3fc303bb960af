import { z } from 'zod';
import { hexLines, type NamedPlace, type NamedPlaces, type Symboliser, sourceFile } from './symboliser.ts';

const answers = z.array(
  z.object({
    Address: z.string().regex(/^0x[0-9a-f]{1,16}$/i),
    Symbol: z.array(
      z.object({
        FunctionName: z.string(),
        StartAddress: z.string().optional(),
        FileName: z.string(),
        Line: z.number(),
      }),
    ),
  }),
);

/** LLVM's, from version 13 on: it reads the ELF files of every architecture, and names what was inlined. */
export const llvmSymbolizer: Symboliser = {
  programs: [
    'llvm-symbolizer',
    ...Array.from({ length: 13 }, (_, index) => `llvm-symbolizer-${25 - index}`),
    '/opt/homebrew/opt/llvm/bin/llvm-symbolizer',
    '/usr/local/opt/llvm/bin/llvm-symbolizer',
  ],
  run: async (ask, file, addresses) => {
    const { stdout } = await ask(['--output-style=JSON', '--inlines', `--obj=${file}`], hexLines(addresses));
    return parseLlvmSymbolizer(stdout);
  },
};

/** Its JSON: a line for each address, or one array for all. What it could not answer is left out. */
export function parseLlvmSymbolizer(output: string): NamedPlaces {
  const places = new Map<bigint, readonly NamedPlace[]>();
  for (const line of output.split('\n')) {
    for (const { Address, Symbol: functions } of answersIn(line)) {
      const address = BigInt(Address);
      const named = functions.map(({ FunctionName, StartAddress, FileName, Line }, index) => {
        const start = StartAddress && index === functions.length - 1 ? BigInt(StartAddress) : undefined;
        return {
          function: FunctionName || undefined,
          offset: start !== undefined && start <= address ? Number(address - start) : undefined,
          file: sourceFile(FileName),
          line: Line > 0 ? Line : undefined,
        };
      });
      places.set(address, named);
    }
  }
  return places;
}

function answersIn(line: string): z.infer<typeof answers> {
  try {
    const parsed: unknown = JSON.parse(line);
    return answers.safeParse(Array.isArray(parsed) ? parsed : [parsed]).data ?? [];
  } catch {
    return []; // An empty line, or an older one's plain words.
  }
}
