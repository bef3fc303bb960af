import type { Deadline } from '../units.ts';
import type { ElfFile } from './elf-file.ts';
import { readableName } from './function-name.ts';
import { runNm, stampOf } from './symbol-table.ts';

/** A symbol of a kernel, by each of its names. */
export interface NamedSymbol {
  /** As the file has it. */
  readonly name: string;
  /** As people write it, where that is something else: C++ and Rust. */
  readonly readable: string;
  readonly address: bigint;
  /** Code that may be called, not data. */
  readonly isFunction: boolean;
  /** Other files of the kernel may use it by its name. */
  readonly isGlobal: boolean;
}

/** `ffffffff81000000 T start_kernel`; names that are demangled hold spaces. */
const SYMBOL = /^(?<address>[0-9a-f]{8,16}) (?<kind>[A-Za-z]) (?<name>.+?)\r?$/;
/** Weak ones may be either; where they stand decides. */
const CODE = /[TtWwi]/;
/** Rust's two manglings, and C++'s. */
const MANGLED = /^_+(?:Z|R[A-Z])/;

/** Of files that were read. */
const known = new Map<string, readonly NamedSymbol[]>();

/**
 * Every symbol of a kernel, of several with one name each.
 * @returns why there are none, as a sentence without its end.
 */
export async function readFunctionTable(elf: ElfFile, within: Deadline): Promise<readonly NamedSymbol[] | string> {
  const key = stampOf(elf.path);
  const remembered = known.get(key);
  if (remembered) return remembered;
  const options = ['-p', '--defined-only'];
  const listed = await runNm(elf.path, options, within);
  if (typeof listed !== 'string') return listed.because;
  const lines = listed.split('\n');
  const hasMangled = lines.some((line) => MANGLED.test(line.slice(line.lastIndexOf(' ') + 1)));
  const demangled = hasMangled ? await runNm(elf.path, [...options, '-C'], within) : listed;
  const table = parseFunctionTable(lines, typeof demangled === 'string' ? demangled.split('\n') : lines, (address) =>
    elf.holds(address),
  );
  known.set(key, table);
  return table;
}

/** @param demangled The same symbols in the same order. */
export function parseFunctionTable(
  lines: readonly string[],
  demangled: readonly string[],
  holdsCode: (address: bigint) => boolean,
): NamedSymbol[] {
  const isSameList = lines.length === demangled.length;
  return lines.flatMap((line, index) => {
    const found = SYMBOL.exec(line)?.groups;
    if (!found?.name || !found.kind) return [];
    const address = BigInt(`0x${found.address}`);
    const { name, kind } = found;
    const shown = (isSameList && SYMBOL.exec(demangled[index] ?? '')?.groups?.name) || name;
    const readable = MANGLED.test(name) ? readableName(shown) : name;
    const isFunction = CODE.test(kind) && holdsCode(address);
    return [{ name, readable, address, isFunction, isGlobal: kind !== kind.toLowerCase() }];
  });
}
