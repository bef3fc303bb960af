import { GDB_QUIETLY } from './gdb-commands.ts';
import { type NamedPlace, type NamedPlaces, type Symboliser, sourceFile } from './symboliser.ts';

/** gdb names functions and lines, but not what was inlined at an address. */
export const gdbSymbols: Symboliser = {
  programs: ['gdb-multiarch', 'gdb'],
  run: async (ask, file, addresses) => {
    // Its standard input is a socket, which gdb cannot open as a script.
    const commands = addresses.flatMap((address) => {
      const hex = `0x${address.toString(16)}`;
      return [`echo \\n@${hex}\\n`, `info symbol ${hex}`, `info line *${hex}`];
    });
    const asked = commands.flatMap((command) => ['-ex', command]);
    const { stdout } = await ask([...GDB_QUIETLY, `--symbols=${file}`, ...asked]);
    return parseGdbSymbols(stdout);
  },
};

/**
 * `@0x102f04`, then `ext2_rename + 4 in section .text` and `Line 79 of "./kernel/words/locks.c" starts at address …`. An
 * address that nothing is known of has other words.
 */
export function parseGdbSymbols(output: string): NamedPlaces {
  const places = new Map<bigint, readonly NamedPlace[]>();
  for (const block of output.split(/^@(?=0x[0-9a-f]{1,16}$)/m).slice(1)) {
    const [hex = '', ...lines] = block.split('\n');
    const name = lines
      .find((line) => / in section \S+(?: of .*)?$/.test(line))
      ?.replace(/ in section \S+(?: of .*)?$/, '');
    const offset = name === undefined ? undefined : / \+ (?<offset>\d+)$/.exec(name)?.groups?.offset;
    const source = lines
      .map((line) => /^Line (?<line>\d+) of "(?<file>.*)" /.exec(line)?.groups)
      .find((found) => found);
    const known = name !== undefined || source !== undefined;
    const place = {
      function: name?.replace(/ \+ \d+$/, ''),
      offset: name === undefined ? undefined : Number(offset ?? 0),
      file: sourceFile(source?.file),
      line: source && Number(source.line),
    };
    places.set(BigInt(hex), known ? [place] : []);
  }
  return places;
}
