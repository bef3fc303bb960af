import { type ChildProcess, spawn } from 'node:child_process';
import { describeArch } from '../arch/archs.ts';
import { EnvironmentError } from '../errors.ts';
import type { MachinePlan } from '../machine/plan.ts';
import { qemuArgv } from '../qemu/argv.ts';
import { Fifo } from '../qemu/fifo.ts';
import { forgetReaped, reapWithUs } from '../qemu/reaper.ts';
import { usesSandbox } from '../qemu/sandbox.ts';
import { FlightRecorder } from '../trace/flight-recorder.ts';
import { type Millis, monotonicMs } from '../units.ts';

/** What is kept of the guest's output: no text that is waited for is longer. */
const TAIL = 256;

/**
 * A machine as a person would start it, with nothing of the harness around it: its serial line on QEMU's own stdin and
 * stdout, no monitor, and no log unless it is the log that is measured.
 */
export class BareMachine {
  readonly #qemu: ChildProcess;
  readonly #startedAt = monotonicMs();
  readonly #ended: Promise<void>;
  #tail = '';
  #awaited: { readonly text: string; readonly seen: (atMs: Millis) => void; readonly gone: () => void } | undefined;

  private constructor(qemu: ChildProcess) {
    this.#qemu = qemu;
    if (qemu.pid) reapWithUs(qemu.pid);
    this.#ended = new Promise((resolve) => qemu.once('close', () => resolve()).once('error', () => resolve()));
    qemu.stdout?.on('data', (bytes: Buffer) => this.#hear(bytes));
    void this.#ended.then(() => this.#awaited?.gone());
  }

  /**
   * @param recorder Whether its interrupts are logged, and read as the harness reads them. Default: false.
   * @throws EnvironmentError for a machine with disks, which want preparing.
   */
  static async start({ machine, source, exitDevice }: MachinePlan, recorder = false): Promise<BareMachine> {
    if (source.kind !== 'qemu' || machine.disks.length > 0)
      throw new EnvironmentError('a bare boot wants a machine without disks and launcher');
    const log = recorder ? await Fifo.toRead() : undefined;
    const argv = qemuArgv(machine, source.image, {
      monitor: undefined,
      consoles: ['stdio'],
      disks: [],
      services: undefined,
      startStopped: false,
      sandbox: usesSandbox(),
      exitDevice,
      ...(log ? { interruptLog: log.path } : {}),
    });
    const arch = describeArch(machine.arch);
    const bare = new BareMachine(spawn(arch.qemuBinary, argv, { stdio: ['pipe', 'pipe', 'ignore'], detached: true }));
    const recording = new FlightRecorder(arch, () => monotonicMs() - bare.#startedAt);
    log?.stream.on('data', (bytes: Buffer) => recording.push(bytes));
    // QEMU opens its end when it gets there; until then ours keeps the pipe from having ended.
    void bare.#ended.then(() => log?.settle());
    return bare;
  }

  type(text: string): void {
    this.#qemu.stdin?.write(text);
  }

  /**
   * Waits for what the guest has not printed yet.
   * @returns when it was read, since the machine's start.
   * @throws EnvironmentError when QEMU ends before that.
   */
  async until(text: string): Promise<Millis> {
    return new Promise((resolve, reject) => {
      const gone = (): void => reject(new EnvironmentError(`QEMU ended before ${JSON.stringify(text)} was seen`));
      this.#awaited = { text, seen: resolve, gone };
      if (this.#qemu.exitCode !== null || this.#qemu.signalCode !== null) gone();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#qemu.kill('SIGKILL');
    await this.#ended;
    if (this.#qemu.pid) forgetReaped(this.#qemu.pid);
  }

  #hear(bytes: Buffer): void {
    // What is awaited may come in two pieces; what lies before is of no interest.
    this.#tail = (this.#tail + bytes.toString('latin1')).slice(-(TAIL + bytes.length));
    if (!this.#awaited || !this.#tail.includes(this.#awaited.text)) return;
    const { seen } = this.#awaited;
    this.#awaited = undefined;
    this.#tail = '';
    seen(monotonicMs() - this.#startedAt);
  }
}
