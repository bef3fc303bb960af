import type { Arch } from '../arch/archs.ts';
import type { MachinePlan } from '../machine/plan.ts';
import { findExecutable } from '../qemu/executable.ts';
import { runTool } from '../qemu/tool.ts';
import type { Deadline } from '../units.ts';
import type { CodePlace } from '../verdict/code-place.ts';
import { addr2line } from './addr2line.ts';
import { ElfFile } from './elf-file.ts';
import { readableName } from './function-name.ts';
import { gdbSymbols } from './gdb-symbols.ts';
import { llvmSymbolizer } from './llvm-symbolizer.ts';
import type { NamedPlace, Symboliser } from './symboliser.ts';

/** An address that code stands at, or that a call returns to. */
export interface CodeAddress {
  readonly address: bigint;
  /** A call returns here: it was made just before, maybe as the last act of a function that ends there. */
  readonly isReturn: boolean;
}

/** In this order: the first tells most, and is the quickest of all that tell as much. */
export const SYMBOLISERS: readonly Symboliser[] = [llvmSymbolizer, addr2line, gdbSymbols];

/** More than this many characters of a name nobody reads. */
const LONGEST_NAME = 300;

/** The names of a kernel's code, asked of the tools that are installed. */
export class Symbols {
  /** What stands in the way of names, and what would help; `undefined` when nothing does. */
  readonly note: string | undefined;
  readonly elf: ElfFile | undefined;
  readonly #symbolisers: readonly Symboliser[];
  readonly #known = new Map<bigint, readonly NamedPlace[]>();
  #toolNote: string | undefined;

  private constructor(source: ElfFile | { readonly because: string }, symbolisers: readonly Symboliser[] = []) {
    if ('because' in source) this.note = source.because;
    else this.elf = source;
    this.#symbolisers = symbolisers;
  }

  /** The symbols of the kernel that a machine boots. Never rejects: without symbols there are addresses, and a note. */
  static async open(
    { symbols, source, machine }: Pick<MachinePlan, 'symbols' | 'source' | 'machine'>,
    symbolisers = SYMBOLISERS,
  ): Promise<Symbols> {
    const image = source.kind === 'qemu' && source.image.from === 'kernel' ? source.image : undefined;
    const file = symbols ?? image?.kernel;
    if (file === undefined) return Symbols.none(`no function names: ${DECLARE}`);
    const elf = await ElfFile.open(file, machine.arch);
    if (!('unusable' in elf)) return new Symbols(elf, symbolisers);
    const hint = symbols === undefined ? `. ${capitalised(DECLARE)}` : '';
    return Symbols.none(`no function names: ${file} ${elf.unusable}${hint}`);
  }

  /** The symbols of an ELF file. Never rejects, as {@link open}. */
  static async ofFile(file: string, arch: Arch, symbolisers = SYMBOLISERS): Promise<Symbols> {
    const elf = await ElfFile.open(file, arch);
    return 'unusable' in elf
      ? Symbols.none(`no function names: ${file} ${elf.unusable}`)
      : new Symbols(elf, symbolisers);
  }

  /** No symbols, for a reason. */
  static none(because: string): Symbols {
    return new Symbols({ because });
  }

  /** What else is to be said of the places that were asked for so far. */
  get notes(): readonly string[] {
    return [this.note, this.#toolNote].filter((note) => note !== undefined);
  }

  /** The place of each address, one for one: where a function was inlined, that one. */
  async places(addresses: readonly bigint[], within: Deadline): Promise<readonly CodePlace[]> {
    await this.#learn(addresses, within);
    return addresses.map((address) => this.#framesAt({ address, isReturn: false })[0] as CodePlace);
  }

  /** The frames of a backtrace, innermost first. An address at which functions were inlined stands for all of them. */
  async frames(chain: readonly CodeAddress[], within: Deadline): Promise<readonly (readonly CodePlace[])[]> {
    await this.#learn(chain.map(lookedUp), within);
    return chain.map((code) => this.#framesAt(code));
  }

  /** Where the function at an address begins, as far as it was {@link frames looked up}. */
  functionStart(address: bigint): bigint | undefined {
    const offset = this.#known.get(address)?.at(-1)?.offset;
    return offset === undefined ? undefined : address - BigInt(offset);
  }

  /** @returns at least one place. */
  #framesAt(code: CodeAddress): readonly CodePlace[] {
    const address = `0x${code.address.toString(16).padStart(16, '0')}`;
    const named = this.#known.get(lookedUp(code)) ?? [];
    const places = named.flatMap(({ function: name, offset, file, line }) => {
      if (name === undefined && file === undefined) return [];
      return [
        {
          address,
          ...(name === undefined ? {} : { function: readableName(name).slice(0, LONGEST_NAME) }),
          ...(offset === undefined ? {} : { offset: offset + (code.isReturn ? 1 : 0) }),
          ...(file === undefined ? {} : { file }),
          ...(line === undefined ? {} : { line }),
        },
      ];
    });
    return places.length > 0 ? places : [{ address }];
  }

  /** Asks the tools for what is not known yet. What lies outside of the kernel's code has no name. */
  async #learn(addresses: readonly bigint[], within: Deadline): Promise<void> {
    const { elf } = this;
    if (!elf) return;
    const unknown = [...new Set(addresses)].filter((address) => !this.#known.has(address) && elf.holds(address));
    if (unknown.length === 0) return;
    const failed: string[] = [];
    for (const symboliser of this.#symbolisers) {
      const program = findProgram(symboliser.programs);
      const companion = symboliser.companion && findProgram(symboliser.companion);
      if (!program || (symboliser.companion && !companion)) continue;
      const places = await symboliser.run(
        (args, input, which) => runTool((which === 'companion' && companion) || program, args, within, input),
        elf.path,
        unknown,
      );
      if (places.size === 0) {
        failed.push(program);
        continue;
      }
      for (const address of unknown) this.#known.set(address, places.get(address) ?? []);
      this.#toolNote = undefined;
      return;
    }
    this.#toolNote = noteOnTools(failed, within);
  }
}

const DECLARE =
  '`symbols` in the target’s declaration can name the ELF file with the symbol table from which the image was made';

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function lookedUp({ address, isReturn }: CodeAddress): bigint {
  return isReturn ? address - 1n : address;
}

function findProgram(names: readonly string[]): string | undefined {
  for (const name of names) {
    const program = findExecutable(name);
    if (program) return program;
  }
  return undefined;
}

function noteOnTools(failed: readonly string[], within: Deadline): string {
  if (failed.length === 0)
    return 'no function names: none of llvm-symbolizer, addr2line with nm, and gdb is installed; any of them would do';
  const late = within.passed ? ', before the time for it was up' : '';
  return `no function names: ${failed.join(' and ')} told nothing${late}`;
}
