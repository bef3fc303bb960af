import { hexLines, type NamedPlace, type NamedPlaces, type Symboliser, sourceFile } from './symboliser.ts';

/** GNU's or LLVM's, which names what was inlined; where a function begins, `nm` knows. */
export const addr2line: Symboliser = {
  programs: ['addr2line', 'llvm-addr2line', 'gaddr2line'],
  companion: ['nm', 'llvm-nm', 'gnm'],
  run: async (ask, file, addresses) => {
    const [places, functions] = await Promise.all([
      ask(['-a', '-f', '-i', '-C', '-e', file], hexLines(addresses)),
      ask(['-C', '-S', '--defined-only', file], '', 'companion'),
    ]);
    return withOffsets(parseAddr2line(places.stdout), parseNm(functions.stdout));
  },
};

/** A function as the symbol table has it. */
interface SymbolEntry {
  readonly name: string;
  readonly start: bigint;
  /** 0 where nobody told, as for code written in assembly. */
  readonly size: bigint;
}

/** `0x0000000000102f00`, and then for each function the lines `ext2_rename` and `kernel/words/locks.c:79`. */
export function parseAddr2line(output: string): NamedPlaces {
  const places = new Map<bigint, NamedPlace[]>();
  let current: NamedPlace[] = [];
  let name: string | undefined;
  for (const line of output.split(/\r?\n/)) {
    if (name === undefined && /^0x[0-9a-f]{1,16}$/.test(line)) {
      current = [];
      places.set(BigInt(line), current);
    } else if (name === undefined) {
      name = line;
    } else {
      const source = /^(?<file>.*):(?<line>\d+|\?)/.exec(line)?.groups;
      const number = Number(source?.line);
      current.push({
        function: name === '??' ? undefined : name,
        offset: undefined,
        file: sourceFile(source?.file),
        line: number > 0 ? number : undefined,
      });
      name = undefined;
    }
  }
  return places;
}

/** `0000000000102f00 0000000000000054 t ext2_rename`; the size may be missing. By address. */
export function parseNm(output: string): readonly SymbolEntry[] {
  const entries = output.split(/\r?\n/).flatMap((line) => {
    const found = /^(?<start>[0-9a-f]{8,16}) (?:(?<size>[0-9a-f]{8,16}) )?[tTwW] (?<name>.+)$/.exec(line)?.groups;
    if (!found?.name || isMappingSymbol(found.name)) return [];
    return [{ name: found.name, start: BigInt(`0x${found.start}`), size: BigInt(`0x${found.size ?? '0'}`) }];
  });
  return entries.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : Number(a.size - b.size)));
}

/** Marks where code begins, and names nothing (ELF for the Arm 64-bit Architecture, "Mapping symbols"). */
function isMappingSymbol(name: string): boolean {
  return /^\$[xd](?:\.|$)/.test(name);
}

export function withOffsets(places: NamedPlaces, functions: readonly SymbolEntry[]): NamedPlaces {
  return new Map(
    [...places].map(([address, named]) => {
      const within = functionAt(functions, address);
      const outermost = named.at(-1);
      if (!within || !outermost) return [address, named];
      const hasName = outermost.function !== undefined && !isMappingSymbol(outermost.function);
      const name = hasName ? outermost.function : within.name;
      return [
        address,
        [...named.slice(0, -1), { ...outermost, function: name, offset: Number(address - within.start) }],
      ];
    }),
  );
}

/** The last function that begins at or before an address, unless it ends before it. */
function functionAt(functions: readonly SymbolEntry[], address: bigint): SymbolEntry | undefined {
  let [low, high] = [0, functions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((functions[middle]?.start ?? 0n) <= address) low = middle + 1;
    else high = middle;
  }
  const found = functions[low - 1];
  return found && (found.size === 0n || address < found.start + found.size) ? found : undefined;
}
