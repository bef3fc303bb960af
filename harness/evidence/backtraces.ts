import { describeArch } from '../arch/archs.ts';
import { visibleLine } from '../lines/visible.ts';
import type { Machine } from '../machine/machine.ts';
import type { HeldMachine, VcpuSample } from '../machine/vcpu-sampler.ts';
import type { QmpClient } from '../qemu/qmp.ts';
import type { Deadline } from '../units.ts';
import type { CodePlace } from '../verdict/code-place.ts';
import { believableFrames, type WalkedVcpu, walkFrames } from './frame-walk.ts';
import { askGdb } from './gdb.ts';
import type { GdbCall } from './gdb-backtrace.ts';
import { compareCode } from './same-kernel.ts';
import { type CodeAddress, Symbols } from './symbols.ts';

/** Where every vCPU of a machine was, at one moment, and who had called it. */
export interface Backtraces {
  readonly vcpus: readonly VcpuBacktrace[];
  /** Who unwound the stacks. Where gdb knew less of a vCPU than its frame pointers, that one's are the frame pointers' all the same. */
  readonly by: 'gdb' | 'frame pointers';
  /** What stood in the way, and what would help. */
  readonly notes: readonly string[];
  /** To name other addresses of the same machine. Empty when the file turned out to be another kernel's. */
  readonly symbols: Symbols;
}

export interface VcpuBacktrace {
  readonly vcpu: VcpuSample;
  /** Innermost first; the place of the PC at least. */
  readonly frames: readonly CodePlace[];
}

/** A vCPU, and the calls that were found for it. */
interface Looked {
  readonly vcpu: VcpuSample;
  readonly walked: readonly CodeAddress[];
  readonly unwound: readonly UnwoundCall[];
  /** The code at the PC is not the kernel's, though it has a place in it: a program's, at the same address. */
  readonly isForeign: boolean;
}

interface UnwoundCall extends CodeAddress {
  readonly functions: GdbCall['functions'];
}

/** gdb may be slow or stuck; the frame pointers are quick, and the names need some time, too. */
const SHARE_OF_GDB = 0.6;
/** As many calls of each vCPU are looked at to tell whether the symbols are this kernel's. */
const COMPARED_CALLS = 4;

/**
 * Backtraces of every vCPU. The machine stands still meanwhile, and then goes on as it was, at the latest once QEMU answers.
 * Never rejects: what is missing is told in the notes.
 * @param gdb `false`: only by frame pointers.
 * @returns `undefined` when the machine has ended, or has no monitor.
 */
export async function backtraces(
  machine: Machine,
  within: Deadline,
  { gdb = true }: { readonly gdb?: boolean } = {},
): Promise<Backtraces | undefined> {
  const { vcpus, qmp } = machine;
  if (!vcpus || !qmp || machine.end) return undefined;
  const look = new Look(machine, qmp, await Symbols.open(machine.plan), within);
  const outcome = await within.race<'done' | 'ended', 'late'>(
    [
      vcpus
        .hold((held) => look.take(held, gdb))
        .then(
          (taken) => (taken ? 'done' : 'ended'),
          (error: Error) => look.fail(error),
        ),
      machine.ended.then(() => 'ended'),
    ],
    'late',
  );
  if (outcome === 'ended' || machine.end) return undefined;
  return look.describe();
}

class Look {
  readonly #machine: Machine;
  readonly #qmp: QmpClient;
  readonly #within: Deadline;
  readonly #notes: string[] = [];
  #symbols: Symbols;
  #looked: readonly Looked[] | undefined;
  #by: Backtraces['by'] = 'frame pointers';

  constructor(machine: Machine, qmp: QmpClient, symbols: Symbols, within: Deadline) {
    this.#machine = machine;
    this.#qmp = qmp;
    this.#symbols = symbols;
    this.#within = within;
  }

  /** Looks at a machine that stands still. */
  async take(held: HeldMachine, gdb: boolean): Promise<true> {
    if (this.#within.passed) return true;
    const vcpus = await held.vcpus();
    const walks = [];
    for (const vcpu of vcpus) walks.push({ vcpu, walked: await walkFrames(this.#walkOf(held, vcpu), this.#dialect) });
    const foreign = await this.#checkSymbols(held, walks);
    this.#looked = walks.map((walk) => ({ ...walk, unwound: [], isForeign: foreign.has(walk.vcpu.cpu) }));
    if (gdb) await this.#askGdb(held);
    return true;
  }

  /** What was seen before is told all the same. */
  fail({ message }: Error): 'done' {
    this.#notes.push(`the machine could not be looked at further: ${visibleLine(message)}`);
    return 'done';
  }

  /** Names what was seen, however much that is. */
  async describe(): Promise<Backtraces> {
    const looked = this.#looked;
    if (!looked && this.#notes.length === 0)
      this.#notes.push('no backtraces: QEMU did not answer in time; it may be stopped, or its host overloaded');
    const vcpus = [];
    for (const each of looked ?? []) vcpus.push({ vcpu: each.vcpu, frames: await this.#framesOf(each) });
    return { vcpus, by: this.#by, notes: [...this.#notes, ...this.#symbols.notes], symbols: this.#symbols };
  }

  get #dialect() {
    return describeArch(this.#machine.plan.machine.arch).stack;
  }

  #walkOf(held: HeldMachine, { cpu, pc, sp, dump }: VcpuSample): WalkedVcpu {
    const { elf } = this.#symbols;
    return {
      pc,
      sp,
      dump,
      read: (address, bytes) => held.readMemory(cpu, address, bytes),
      isCode: elf && ((address) => elf.holds(address)),
      functionStart: (address) => this.#functionStart(address),
    };
  }

  async #functionStart(address: bigint): Promise<bigint | undefined> {
    await this.#symbols.places([address], this.#within);
    return this.#symbols.functionStart(address);
  }

  /**
   * Gives the symbols up when they are not those of the kernel that runs.
   * @returns the vCPUs that run other code where the kernel's would be.
   */
  async #checkSymbols(
    held: HeldMachine,
    walks: readonly { readonly vcpu: VcpuSample; readonly walked: readonly CodeAddress[] }[],
  ): Promise<ReadonlySet<number>> {
    const { elf } = this.#symbols;
    const foreign = new Set<number>();
    if (!elf) return foreign;
    const verdicts: boolean[] = [];
    for (const { vcpu, walked } of walks) {
      const addresses = walked.slice(0, COMPARED_CALLS).map(({ address }) => address);
      const read = (address: bigint, bytes: number) => held.readMemory(vcpu.cpu, address, bytes);
      const compared = await compareCode(elf, addresses, read).catch((): readonly (boolean | undefined)[] => []);
      if (compared[0] === false) foreign.add(vcpu.cpu);
      verdicts.push(...compared.filter((verdict) => verdict !== undefined));
    }
    const same = verdicts.filter((verdict) => verdict).length;
    const isSeen = walks.some(({ walked }) => walked.some(({ address }) => elf.holds(address)));
    if (same * 2 < verdicts.length) this.#symbols = Symbols.none(`no function names: ${differs(elf.path)}`);
    else if (!isSeen && walks.some(({ vcpu }) => vcpu.privilege !== 'user'))
      this.#notes.push(
        `no function names: no vCPU runs code of ${elf.path}, which is linked to ${elf.range}. It has not been entered yet, or ${CAUSES}`,
      );
    return foreign;
  }

  async #askGdb(held: HeldMachine): Promise<void> {
    const { arch } = this.#machine.plan.machine;
    const within = this.#within.within(this.#within.remaining * SHARE_OF_GDB);
    const answer = await askGdb(held, this.#qmp, arch, this.#symbols.elf?.path, within);
    if ('because' in answer) {
      this.#notes.push(`backtraces by frame pointers alone: ${answer.because}`);
      return;
    }
    const looked = [];
    for (const each of this.#looked ?? []) {
      const calls = answer.backtraces.find(({ cpu }) => cpu === each.vcpu.cpu)?.calls ?? [];
      const chain = calls.map(({ address, isInterrupted, functions }, index) => ({
        address,
        isReturn: index > 0 && !isInterrupted,
        functions,
      }));
      const believed = await believableFrames(chain, this.#walkOf(held, each.vcpu), this.#dialect);
      looked.push({ ...each, unwound: chain.slice(0, believed.length) });
    }
    this.#looked = looked;
    this.#by = 'gdb';
  }

  async #framesOf({ vcpu, walked, unwound, isForeign }: Looked): Promise<readonly CodePlace[]> {
    const symbols = isForeign ? Symbols.none('') : this.#symbols;
    // gdb finds its way without frame pointers, but not without unwinding information.
    const isWalkLonger = walked.length > unwound.length;
    const groups = await symbols.frames(isWalkLonger ? walked : unwound, this.#within);
    const frames = isWalkLonger ? groups : groups.map((places, index) => withInlined(places, unwound[index]));
    return frames.length > 0 ? frames.flat() : symbols.places([vcpu.pc], this.#within);
  }
}

/** gdb may know functions that were inlined, where the tool that named the address knows none. */
function withInlined(places: readonly CodePlace[], call: UnwoundCall | undefined): readonly CodePlace[] {
  const [outermost] = places.slice(-1);
  if (!call || !outermost?.function || call.functions.length <= places.length) return places;
  const inlined = call.functions.slice(0, -1).map(({ name, file, line }) => ({
    ...(outermost.address === undefined ? {} : { address: outermost.address }),
    ...(name === undefined ? {} : { function: name }),
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
  }));
  return [...inlined, outermost];
}

const CAUSES = 'it is another build, or was loaded elsewhere (KASLR: boot with nokaslr)';

function differs(file: string): string {
  return `the code in memory is not that of ${file}: ${CAUSES}`;
}
