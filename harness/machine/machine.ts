import path from 'node:path';
import { describeArch } from '../arch/archs.ts';
import { GuestConsole } from '../console/guest-console.ts';
import { PortReader } from '../console/port-reader.ts';
import { ServiceHost } from '../network/service-host.ts';
import { standardServices } from '../network/services.ts';
import { cpuWaitMs } from '../qemu/cpu-wait.ts';
import type { EndingRung, StreamedProcess } from '../qemu/process.ts';
import { type QemuVersion, QmpClient, type QmpEvent } from '../qemu/qmp.ts';
import { createRunDirectory, removeRunDirectory } from '../qemu/reaper.ts';
import { giveUpSandbox } from '../qemu/sandbox.ts';
import { DebugPorts } from '../trace/debug-ports.ts';
import { FlightRecorder } from '../trace/flight-recorder.ts';
import { FunctionProbes } from '../trace/function-probes.ts';
import { LogFilters } from '../trace/log-filters.ts';
import { type Bytes, Deadline, type Millis, monotonicMs } from '../units.ts';
import { type Beginning, bootLogName } from './beginning.ts';
import { EventTracer } from './event-tracer.ts';
import { awaitGreeting } from './greeting.ts';
import { type Launch, launch } from './launch.ts';
import { loadState } from './load-state.ts';
import type { MachineEnd } from './machine-end.ts';
import type { MachinePlan } from './plan.ts';
import { StreamLog } from './stream-log.ts';
import { VcpuSampler } from './vcpu-sampler.ts';

/** Of the interrupt log, where it is kept: a minute or so of a busy guest, and many of one that is not. */
const INTERRUPTS_LIMIT: Bytes = 256 * 2 ** 20;

/**
 * One running machine: QEMU, its serial lines, its monitor, its files. Nothing of it outlives {@link stop}, and nothing
 * outlives this process, however that ends.
 */
export class Machine implements AsyncDisposable {
  readonly plan: MachinePlan;
  readonly beginning: Beginning;
  /** The command that runs, its program first. */
  readonly command: readonly string[];
  /** The serial lines, in the order of {@link MachinePlan.consoles}. */
  readonly consoles: readonly GuestConsole[];
  /** `undefined` for a launcher that offers none. */
  readonly qmp: QmpClient | undefined;
  readonly version: QemuVersion | undefined;
  /** The last interrupts, exceptions and resets; `undefined` for a launcher. */
  readonly recorder: FlightRecorder | undefined;
  /** Switches QEMU's trace events on and off; `undefined` for a launcher. */
  readonly tracer: EventTracer | undefined;
  /** Counts the calls of the functions that the plan names; `undefined` where it names none. See {@link logRead}. */
  readonly probes: FunctionProbes | undefined;
  /** What is written to the debug ports that are watched; `undefined` where none is. */
  readonly ports: DebugPorts | undefined;
  /** Looks at what the vCPUs do, and at memory; `undefined` for a launcher without a monitor. */
  readonly vcpus: VcpuSampler | undefined;
  /** Resolves once QEMU is reaped and everything it had sent is read. Never rejects. */
  readonly ended: Promise<MachineEnd>;
  readonly #process: StreamedProcess;
  readonly #directory: string;
  readonly #logs: readonly StreamLog[];
  readonly #interruptLog: StreamLog | undefined;
  readonly #services: ServiceHost | undefined;
  /** Resolve when the interrupt log and the debug ports have been read to their ends. */
  readonly #streamsRead: readonly Promise<unknown>[];
  readonly #lastLooks = new Set<() => Promise<unknown>>();
  #end: MachineEnd | undefined;
  #starvedMs: Millis = 0;
  #stopping: Promise<EndingRung> | undefined;

  private constructor(parts: MachineParts, version: QemuVersion | undefined) {
    this.plan = parts.plan;
    this.command = parts.launch.command;
    this.consoles = parts.consoles;
    this.qmp = parts.qmp;
    this.version = version;
    this.recorder = parts.recorder;
    this.tracer = parts.tracer;
    this.probes = parts.probes;
    this.ports = parts.ports;
    const { vcpu } = describeArch(parts.plan.machine.arch);
    this.vcpus = parts.qmp && new VcpuSampler(parts.qmp, vcpu, parts.launch.process.pid);
    this.beginning = parts.beginning;
    this.#process = parts.launch.process;
    this.#directory = parts.directory;
    this.#logs = parts.logs;
    this.#interruptLog = parts.interruptLog;
    this.#services = parts.services;
    this.#streamsRead = parts.streamsRead;
    this.ended = this.#watchEnd();
    if (parts.plan.ram && parts.plan.source.kind === 'qemu') this.#quitAfterShutdown();
  }

  /**
   * Starts a machine with every stream attached before its first instruction.
   * @param begins `stopped`: it waits for `cont`, or for a debugger. A launcher's machine does not.
   * @throws EnvironmentError when an image, a disk or QEMU itself is not as it must be; nothing is left running then.
   */
  static async boot(
    plan: MachinePlan,
    beginning: Beginning = { kind: 'boot' },
    begins: 'running' | 'stopped' = 'running',
  ): Promise<Machine> {
    const directory = createRunDirectory();
    let started: Launch | undefined;
    let parts: MachineParts | undefined;
    try {
      started = await launch(plan, beginning, directory);
      parts = attach(plan, beginning, started, directory);
      const version = await awaitGreeting(parts).finally(() => started?.settle());
      if (parts.qmp && started.state !== undefined) await loadState(parts.qmp, started.process, started.state);
      const machine = new Machine(parts, version);
      if (begins === 'running') await machine.run();
      return machine;
    } catch (error) {
      await started?.process.stop();
      if (parts) await close(parts);
      removeRunDirectory(directory);
      if (giveUpSandbox(started?.process.stderr ?? '')) return Machine.boot(plan, beginning, begins);
      throw error;
    }
  }

  /** Lets a machine that began `stopped` run. One that is dead by now is told by {@link ended}. */
  async run(): Promise<void> {
    // A launcher's machine runs already. To send it a command for nothing is no good: one that is under way when a guest
    // powers off can keep QEMU (7.2, monitor_cleanup) from ever ending.
    if (this.plan.source.kind === 'qemu') await this.qmp?.execute('cont').catch(() => {});
  }

  /** The line that a person would look at: the first. */
  get console(): GuestConsole {
    return this.consoles[0] as GuestConsole; // `attach` makes one for each of at least one role.
  }

  get end(): MachineEnd | undefined {
    return this.#end;
  }

  /** QEMU's process; a launcher's, where that starts QEMU itself. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Since the machine was spawned. */
  get ageMs(): Millis {
    return monotonicMs() - this.#process.spawnedAt;
  }

  /**
   * For how long the host has kept the machine waiting for a CPU, by the thread of QEMU's that waited longest. Never
   * shrinks. 0 where the host does not tell (macOS), and for a launcher, whose QEMU is a process of its own.
   */
  get starvedMs(): Millis {
    const { pid, end } = this.#process;
    if (this.plan.source.kind === 'qemu' && pid && !end) this.#starvedMs = Math.max(this.#starvedMs, cpuWaitMs(pid));
    return this.#starvedMs;
  }

  /** So long from now, without the time for which the host keeps the machine waiting. */
  deadlineAfter(budget: Millis): Deadline {
    const before = this.starvedMs;
    return Deadline.after(budget, () => this.starvedMs - before);
  }

  /** So long since the machine was spawned, without the time for which the host kept or keeps it waiting. */
  deadlineSinceSpawn(budget: Millis): Deadline {
    return new Deadline(budget, this.#process.spawnedAt, () => this.starvedMs);
  }

  /** Files with the raw bytes of each serial line, until the machine is stopped. */
  get consoleLogs(): readonly string[] {
    return this.#logs.map((log) => log.path);
  }

  /** The interrupt log since the machine was spawned, where the plan keeps it; until the machine is stopped. */
  get interruptLog(): StreamLog | undefined {
    return this.#interruptLog;
  }

  /**
   * Resolves once all that QEMU had logged by now of interrupts and calls has been read. It writes each down before the guest
   * goes on, and a turn of the event loop reads all that a pipe holds; one that is under way may have been there already.
   */
  async logRead(): Promise<void> {
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Files with what the serial lines of a clone's template said until it was ready. Any may be gone. */
  get bootLogs(): readonly string[] {
    const { beginning } = this;
    if (beginning.kind !== 'clone') return [];
    return this.plan.consoles.map((role) => path.join(beginning.folder, bootLogName(role)));
  }

  /**
   * Has `look` done when the guest shuts down, while its RAM is still there; QEMU ends after that. Only where the plan lays
   * out what is to be read.
   * @param look Ends in bounded time, and never rejects.
   * @returns what calls it off.
   */
  beforeEnd(look: () => Promise<unknown>): () => void {
    this.#lastLooks.add(look);
    return () => this.#lastLooks.delete(look);
  }

  /**
   * Ends the machine and removes its files.
   * @returns the rung of the ladder that worked; the same one however often it is called.
   */
  stop(): Promise<EndingRung> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #stop(): Promise<EndingRung> {
    const { qmp } = this;
    const rung = await this.#process.stop(qmp ? () => qmp.execute('quit') : undefined);
    await this.ended;
    await close({ services: this.#services, logs: this.#logs, interruptLog: this.#interruptLog });
    removeRunDirectory(this.#directory);
    return rung;
  }

  #quitAfterShutdown(): void {
    const quit = async () => {
      // Whoever was just handed the machine has had the time to say that it wants to look.
      await new Promise((resolve) => setImmediate(resolve));
      await Promise.all([...this.#lastLooks].map((look) => look()));
      await this.qmp?.execute('quit').catch(() => {}); // It is on its way already.
    };
    const isShutdown = ({ name, data }: QmpEvent) => name === 'SHUTDOWN' && data.guest === true;
    if (this.qmp?.events.some(isShutdown)) void quit();
    else {
      const stop = this.qmp?.subscribe((event) => {
        if (!isShutdown(event)) return;
        stop?.();
        void quit();
      });
    }
  }

  async #watchEnd(): Promise<MachineEnd> {
    const { exitCode, signal } = await this.#process.ended;
    // After an exit, what is left in the streams is read before anyone judges.
    await Promise.all([this.qmp?.closed, ...this.#streamsRead, ...this.consoles.map((console) => console.closed)]);
    this.recorder?.end();
    const shutdown = this.qmp?.events.find((event) => event.name === 'SHUTDOWN')?.data;
    this.#end = {
      exitCode,
      signal,
      // A launcher's guest may end before its monitor is ready to tell.
      monitored: this.plan.source.kind === 'qemu' && this.qmp !== undefined,
      shutdown: shutdown ? { guest: shutdown.guest === true, reason: String(shutdown.reason) } : undefined,
      stderr: this.#process.stderr,
    };
    return this.#end;
  }
}

interface MachineParts {
  readonly plan: MachinePlan;
  readonly beginning: Beginning;
  readonly launch: Launch;
  readonly directory: string;
  readonly consoles: readonly GuestConsole[];
  readonly logs: readonly StreamLog[];
  readonly interruptLog: StreamLog | undefined;
  readonly qmp: QmpClient | undefined;
  readonly services: ServiceHost | undefined;
  readonly recorder: FlightRecorder | undefined;
  readonly tracer: EventTracer | undefined;
  readonly probes: FunctionProbes | undefined;
  readonly ports: DebugPorts | undefined;
  readonly streamsRead: readonly Promise<unknown>[];
}

/** What a machine holds besides its process. */
async function close({
  services,
  logs,
  interruptLog,
}: Pick<MachineParts, 'services' | 'logs' | 'interruptLog'>): Promise<void> {
  await services?.[Symbol.asyncDispose]();
  for (const log of [...logs, ...(interruptLog ? [interruptLog] : [])]) log.destroy();
}

function attach(plan: MachinePlan, beginning: Beginning, started: Launch, directory: string): MachineParts {
  const startedAt = started.process.spawnedAt;
  const logs = plan.consoles.map((role, index) => new StreamLog(`${directory}/console${index}-${role}.log`));
  const consoles = started.consoles.map((port, index) => {
    const log = logs[index];
    return new GuestConsole(port, {
      name: plan.consoles[index] ?? `serial${index}`,
      startedAt,
      ...(log ? { log } : {}),
    });
  });
  const log = started.interruptLog;
  const now = () => monotonicMs() - startedAt;
  const arch = describeArch(plan.machine.arch);
  const recorder = log && new FlightRecorder(arch, now);
  const interruptLog =
    log && plan.keepsInterrupts ? new StreamLog(`${directory}/interrupts.log`, INTERRUPTS_LIMIT) : undefined;
  interruptLog?.on('error', () => {}); // What it lacks then, its shortfall tells.
  const qmp = started.monitor ? new QmpClient(started.monitor, startedAt) : undefined;
  const probes = log && plan.probes && new FunctionProbes(plan.probes, arch.calls, now);
  const tracer = log && qmp && new EventTracer(qmp, now);
  const others = new LogFilters([probes, tracer]);
  const takeInterrupts = (bytes: Buffer) => {
    if (bytes.length === 0) return;
    recorder?.push(bytes);
    interruptLog?.write(bytes);
  };
  log?.on('data', (bytes: Buffer) => takeInterrupts(others.push(bytes)));
  log?.once('close', () => takeInterrupts(others.end()));
  const ports = started.ports.length > 0 ? new DebugPorts() : undefined;
  const portsRead = started.ports.map(({ port, stream }) => {
    const reader = new PortReader(
      stream,
      {
        takeBytes: (bytes) => ports?.push(port, bytes, now()),
        takeEnd: () => ports?.end(port, now()),
      },
      undefined,
    );
    return reader.ended;
  });
  return {
    plan,
    beginning,
    launch: started,
    directory,
    consoles,
    logs,
    interruptLog,
    qmp,
    services: started.services ? new ServiceHost(started.services, { services: standardServices() }) : undefined,
    recorder,
    tracer,
    probes,
    ports,
    streamsRead: [...portsRead, ...(log ? [new Promise((resolve) => log.once('close', resolve))] : [])],
  };
}
