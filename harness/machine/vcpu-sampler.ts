import { z } from 'zod';
import { splitRegisterDumps, type VcpuDialect, type VcpuState } from '../arch/vcpu.ts';
import { type QmpClient, QmpClosedError } from '../qemu/qmp.ts';
import { type ThreadTime, threadTime } from '../qemu/thread-time.ts';
import type { Bytes } from '../units.ts';

/** A vCPU at one moment. */
export interface VcpuSample extends VcpuState {
  /** What the host has given its thread; `undefined` where it does not tell. */
  readonly thread: ThreadTime | undefined;
}

/** A machine that stands still while somebody looks at it. Every method rejects when it has ended. */
export interface HeldMachine {
  readonly vcpus: () => Promise<readonly VcpuSample[]>;
  /**
   * Memory as a vCPU sees it, through its own page tables. Devices are not read: that would change what they do.
   * @returns fewer bytes, or none, where no RAM is mapped.
   */
  readonly readMemory: (cpu: number, address: bigint, bytes: Bytes) => Promise<Buffer>;
  /** Answers a command of QEMU's monitor for people. */
  readonly monitor: (command: string) => Promise<string>;
}

const status = z.object({ running: z.boolean() });
const cpus = z.array(z.object({ 'cpu-index': z.number(), 'thread-id': z.number() }));

/** Instructions that wait are one word before the PC of a vCPU that waits. */
const WORD = 4n;
/** A long word, which QEMU prints with its most significant byte first. */
const LONG: Bytes = 8;

/** Looks at what the vCPUs of a machine do. */
export class VcpuSampler {
  readonly #qmp: QmpClient;
  readonly #dialect: VcpuDialect;
  readonly #pid: number | undefined;
  #threads: ReadonlyMap<number, number> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @param pid QEMU's, to ask the host for how long its threads have run. */
  constructor(qmp: QmpClient, dialect: VcpuDialect, pid: number | undefined) {
    this.#qmp = qmp;
    this.#dialect = dialect;
    this.#pid = pid;
  }

  /**
   * Every vCPU at one moment: the machine is stopped for about a millisecond, because the registers of a vCPU that runs
   * translated code are not where the monitor reads them.
   * @returns `undefined` when the machine does not run, or ends meanwhile.
   */
  async sample(): Promise<readonly VcpuSample[] | undefined> {
    try {
      return await this.hold((held, wasRunning) => (wasRunning ? held.vcpus() : Promise.resolve(undefined)));
    } catch {
      return undefined; // The machine has ended, and that is for others to tell.
    }
  }

  /**
   * Has the machine stand still while `work` looks at it, and go on as it was: whoever comes meanwhile waits. A QEMU that
   * does not answer keeps everyone waiting, but once it does, whatever was begun is undone.
   * @returns `undefined` when the machine has ended before.
   * @throws whatever `work` throws.
   */
  hold<T>(work: (held: HeldMachine, wasRunning: boolean) => Promise<T>): Promise<T | undefined> {
    const turn = this.#last.then(() => this.#hold(work));
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #hold<T>(work: (held: HeldMachine, wasRunning: boolean) => Promise<T>): Promise<T | undefined> {
    try {
      const { running } = status.parse(await this.#qmp.execute('query-status'));
      if (running) {
        this.#threads ??= await this.#listThreads();
        await this.#qmp.execute('stop');
      }
      try {
        return await work(this.#held, running);
      } finally {
        if (running) await this.#qmp.execute('cont');
      }
    } catch (error) {
      if (error instanceof QmpClosedError) return undefined;
      throw error;
    }
  }

  readonly #held: HeldMachine = {
    vcpus: () => this.#look(),
    readMemory: (cpu, address, bytes) => this.#read(cpu, address, bytes),
    monitor: (command) => this.#monitor(command),
  };

  async #read(cpu: number, address: bigint, bytes: Bytes): Promise<Buffer> {
    const ends = [address, address + BigInt(bytes) - 1n];
    for (const end of ends) if (!(await this.#isRam(cpu, end))) return Buffer.alloc(0);
    // Much of what is read is whole words, and QEMU prints them in a third of the time that their bytes take.
    const inWords = bytes % LONG === 0;
    const what = inWords ? `${bytes / LONG}xg` : `${bytes}xb`;
    const answer = await this.#monitor(`x/${what} 0x${address.toString(16)}`, cpu);
    const [printed = ''] = answer.split('Cannot access memory', 1);
    const values = Buffer.from((printed.match(/(?<= 0x)[0-9a-f]+/g) ?? []).join(''), 'hex');
    return inWords ? values.swap64() : values;
  }

  async #isRam(cpu: number, address: bigint): Promise<boolean> {
    if (address >= 1n << 64n) return false;
    const virtual = await this.#monitor(`gva2gpa 0x${address.toString(16)}`, cpu);
    const physical = /^gpa: (?<address>0x[0-9a-f]+)/.exec(virtual)?.groups?.address;
    return physical !== undefined && /^Host virtual address/.test(await this.#monitor(`gpa2hva ${physical}`, cpu));
  }

  async #look(): Promise<readonly VcpuSample[]> {
    const dumps = splitRegisterDumps(await this.#monitor('info registers -a'));
    const states = dumps.map(({ cpu, dump }) => this.#dialect.parse(cpu, dump)).filter((state) => state !== undefined);
    return Promise.all(
      states.map(async (state) => ({
        ...state,
        halted: state.halted ?? (await this.#waits(state)),
        thread: this.#threadTime(state.cpu),
      })),
    );
  }

  async #waits({ cpu, pc }: VcpuState): Promise<boolean> {
    const answer = await this.#monitor(`x/1wx 0x${(pc - WORD).toString(16)}`, cpu);
    const word = /: 0x(?<word>[0-9a-f]{8})/.exec(answer)?.groups?.word;
    return word !== undefined && this.#dialect.waits.includes(Number.parseInt(word, 16));
  }

  #threadTime(cpu: number): ThreadTime | undefined {
    const thread = this.#threads?.get(cpu);
    return this.#pid === undefined || thread === undefined ? undefined : threadTime(this.#pid, thread);
  }

  async #listThreads(): Promise<ReadonlyMap<number, number>> {
    const list = cpus.parse(await this.#qmp.execute('query-cpus-fast'));
    return new Map(list.map((cpu) => [cpu['cpu-index'], cpu['thread-id']]));
  }

  async #monitor(command: string, cpu?: number): Promise<string> {
    const index = cpu === undefined ? {} : { 'cpu-index': cpu };
    return String(await this.#qmp.execute('human-monitor-command', { 'command-line': command, ...index }));
  }
}
