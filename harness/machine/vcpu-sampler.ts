import { z } from 'zod';
import { splitRegisterDumps, type VcpuDialect, type VcpuState } from '../arch/vcpu.ts';
import type { QmpClient } from '../qemu/qmp.ts';
import { type ThreadTime, threadTime } from '../qemu/thread-time.ts';

/** A vCPU at one moment. */
export interface VcpuSample extends VcpuState {
  /** What the host has given its thread; `undefined` where it does not tell. */
  readonly thread: ThreadTime | undefined;
}

const status = z.object({ running: z.boolean() });
const cpus = z.array(z.object({ 'cpu-index': z.number(), 'thread-id': z.number() }));

/** Instructions that wait are one word before the PC of a vCPU that waits. */
const WORD = 4n;

/** Looks at what the vCPUs of a machine do. */
export class VcpuSampler {
  readonly #qmp: QmpClient;
  readonly #dialect: VcpuDialect;
  readonly #pid: number | undefined;
  #threads: ReadonlyMap<number, number> | undefined;

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
      if (!status.parse(await this.#qmp.execute('query-status')).running) return undefined;
      this.#threads ??= await this.#listThreads();
      await this.#qmp.execute('stop');
      try {
        return await this.#look();
      } finally {
        await this.#qmp.execute('cont');
      }
    } catch {
      return undefined; // The machine has ended, and that is for others to tell.
    }
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
