import { statSync } from 'node:fs';
import { nearest } from '../expected.ts';
import type { MachinePlan } from '../machine/plan.ts';
import { findExecutable } from '../qemu/executable.ts';
import { runTool } from '../qemu/tool.ts';
import type { Bytes, Deadline } from '../units.ts';
import { ElfFile } from './elf-file.ts';

/** Something of a kernel that has a name and an address. */
export interface NamedAddress {
  readonly address: bigint;
  /** 0 where the symbol table does not tell. */
  readonly bytes: Bytes;
}

/** Any of them lists the symbols of any architecture's ELF files, as long as the system's own knows it. */
const PROGRAMS = ['llvm-nm', 'nm', 'gnm'];
/** To look for a name that is meant among more than these takes longer than anyone waits. */
const MOST_LOOKED_THROUGH = 20_000;

/** The addresses of a kernel's symbols, by name. */
export class SymbolTable {
  readonly elf: ElfFile;
  readonly #symbols: ReadonlyMap<string, NamedAddress>;

  private constructor(elf: ElfFile, symbols: ReadonlyMap<string, NamedAddress>) {
    this.elf = elf;
    this.#symbols = symbols;
  }

  /**
   * The symbols of the kernel that a machine boots. Never rejects.
   * @returns why there are none, as a sentence without its end.
   */
  static async open(
    plan: Pick<MachinePlan, 'symbols' | 'source' | 'machine'>,
    within: Deadline,
  ): Promise<SymbolTable | string> {
    const elf = await openSymbolFile(plan);
    if (typeof elf === 'string') return elf;
    const symbols = await readSymbols(elf.path, within);
    return typeof symbols === 'string' ? symbols : new SymbolTable(elf, symbols);
  }

  /** @returns why there is none, as a sentence without its end. */
  find(name: string): NamedAddress | string {
    const found = this.#symbols.get(name);
    if (found) return found;
    const near = nearest(name, [...this.#symbols.keys()].slice(0, MOST_LOOKED_THROUGH));
    return `${this.elf.path} has no symbol ${JSON.stringify(name)}${near === undefined ? '' : ` (did you mean "${near}"?)`}`;
  }
}

/**
 * The ELF file that has the symbols of the kernel that a machine boots. Never rejects.
 * @returns why there is none, as a sentence without its end.
 */
export async function openSymbolFile({
  symbols,
  source,
  machine,
}: Pick<MachinePlan, 'symbols' | 'source' | 'machine'>): Promise<ElfFile | string> {
  const file = symbols ?? (source.kind === 'qemu' && source.image.from === 'kernel' ? source.image.kernel : undefined);
  if (file === undefined) return `no ELF file tells where things are: ${DECLARE}`;
  const elf = await ElfFile.open(file, machine.arch);
  return 'unusable' in elf ? `${file} ${elf.unusable}${symbols === undefined ? `; ${DECLARE}` : ''}` : elf;
}

const DECLARE = '`symbols` in the target’s declaration can name one';

/** Of files that were read, by what tells that they have not changed since. */
const known = new Map<string, ReadonlyMap<string, NamedAddress>>();

async function readSymbols(file: string, within: Deadline): Promise<ReadonlyMap<string, NamedAddress> | string> {
  const key = stampOf(file);
  const remembered = known.get(key);
  if (remembered) return remembered;
  const listed = await runNm(file, ['-S', '--defined-only'], within);
  if (typeof listed !== 'string') return listed.because;
  const symbols = parseSymbols(listed);
  known.set(key, symbols);
  return symbols;
}

/** What tells that a file has not changed since. */
export function stampOf(file: string): string {
  const { mtimeMs, size, ino } = statSync(file);
  return [file, mtimeMs, size, ino].join('\0');
}

/**
 * What the first of the installed programs that tells anything says of a file's symbols.
 * @returns otherwise why there is nothing, as a sentence without its end.
 */
export async function runNm(
  file: string,
  options: readonly string[],
  within: Deadline,
): Promise<string | { readonly because: string }> {
  const programs = PROGRAMS.filter((name) => findExecutable(name));
  if (programs.length === 0)
    return { because: 'none of llvm-nm and nm is installed; either lists the addresses of symbols' };
  for (const program of programs) {
    const { stdout } = await runTool(program, [...options, file], within);
    if (/^[0-9a-f]{8,16} /m.test(stdout)) return stdout;
  }
  return { because: `${programs.join(' and ')} told nothing of ${file}` };
}

/** `0000000000112c50 0000000000004000 B trace_ring_cpu0`; the size may be missing. Of two with one name, the global one. */
export function parseSymbols(output: string): ReadonlyMap<string, NamedAddress> {
  const symbols = new Map<string, NamedAddress>();
  for (const line of output.split(/\r?\n/)) {
    const found = /^(?<address>[0-9a-f]{8,16}) (?:(?<bytes>[0-9a-f]{8,16}) )?(?<kind>[A-Za-z]) (?<name>\S+)$/.exec(
      line,
    )?.groups;
    if (!found?.name || !found.kind || (symbols.has(found.name) && found.kind === found.kind.toLowerCase())) continue;
    symbols.set(found.name, { address: BigInt(`0x${found.address}`), bytes: Number.parseInt(found.bytes ?? '0', 16) });
  }
  return symbols;
}
