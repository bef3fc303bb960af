import type { Duplex, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { execa } from 'execa';
import treeKill from 'tree-kill';
import { Deadline, type Millis, monotonicMs } from '../units.ts';
import { findExecutable } from './executable.ts';
import type { Fifo } from './fifo.ts';
import { forgetReaped, reapWithUs } from './reaper.ts';

export interface ProcessEnd {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** The process could not be started at all: the system's error code, as in `ENOENT`. */
  readonly spawnError: string | undefined;
}

/** How a process was brought to its end, mildest first. */
export type EndingRung = 'already-ended' | 'quit' | 'SIGTERM' | 'SIGKILL';

export interface ProcessOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Becomes the process's stdout, and is settled here. Without it, stdout is a stream like the others. */
  readonly stdout?: Fifo<Readable>;
  /** How many streams beside stdin, stdout and stderr the process inherits, from file descriptor 3 on. */
  readonly streams: number;
  /** Open files that it inherits, as the descriptors after the streams. The caller may close its own once this is made. */
  readonly files?: readonly number[];
}

const STDERR_KEPT_CHARS = 16 * 1024;
/** What QEMU and a launcher get to follow `quit` and SIGTERM before the next rung. */
const RUNG_PATIENCE: Millis = 2_000;

/**
 * One process with inherited streams, in a process group of its own: a terminal's ^C reaches the harness alone, which
 * then ends the process in order. It dies with the harness, also when that is killed with SIGKILL.
 */
export class StreamedProcess {
  readonly spawnedAt: Millis = monotonicMs();
  readonly pid: number | undefined;
  /** Resolves once the process is reaped and its streams are closed, also by children that it left behind. Never rejects. */
  readonly ended: Promise<ProcessEnd>;
  readonly stdin: Duplex | undefined;
  readonly stdout: Readable | undefined;
  /** File descriptors 3 and up. */
  readonly streams: readonly Duplex[];
  readonly #stderrStream: Readable | undefined;
  #stderr = '';
  #end: ProcessEnd | undefined;

  constructor(file: string, args: readonly string[], options: ProcessOptions) {
    const [command, commandArgs] = diesWithParent(file, args);
    const subprocess = execa(command, commandArgs, {
      stdio: [
        'pipe',
        (options.stdout?.otherEnd as 3 | undefined) ?? 'pipe', // Any descriptor will do; the type knows those of one digit.
        'pipe',
        ...new Array<'pipe'>(options.streams).fill('pipe'),
        ...((options.files ?? []) as readonly 3[]),
      ],
      buffer: false,
      reject: false,
      cleanup: false, // The reaper covers more endings than an exit handler can.
      detached: true,
      ...(options.cwd ? { cwd: options.cwd } : {}),
      ...(options.env ? { env: options.env } : {}),
    });
    this.pid = subprocess.pid;
    options.stdout?.settle();
    if (this.pid) reapWithUs(this.pid);
    this.stdin = (subprocess.stdin ?? undefined) as Duplex | undefined;
    this.stdout = options.stdout?.stream ?? subprocess.stdout ?? undefined;
    this.streams = subprocess.stdio.slice(3, 3 + options.streams) as unknown as Duplex[];
    this.#stderrStream = subprocess.stderr ?? undefined;
    this.#stderrStream?.on('data', (bytes: Buffer) => this.#keepStderr(bytes.toString()));
    const stdoutClosed = options.stdout && finished(options.stdout.stream).catch(() => {});
    this.ended = subprocess.then(async (result) => {
      if (this.pid) {
        signalGroup(this.pid, 'SIGKILL'); // Children that it left behind.
        forgetReaped(this.pid);
      }
      await stdoutClosed;
      this.#end = {
        exitCode: result.exitCode,
        signal: result.signal,
        spawnError: this.pid ? undefined : ((result as { code?: string }).code ?? 'unknown error'),
      };
      return this.#end;
    });
  }

  /** The last {@link STDERR_KEPT_CHARS} that the process wrote to stderr. */
  get stderr(): string {
    return this.#stderr;
  }

  get end(): ProcessEnd | undefined {
    return this.#end;
  }

  /**
   * Ends the process and everything it started: `quit` (when given), SIGTERM, SIGKILL, each with {@link RUNG_PATIENCE}.
   * Resolves once it is reaped, to the rung that worked. Calling it again is harmless.
   */
  async stop(quit?: () => Promise<unknown>): Promise<EndingRung> {
    if (this.#end || !this.pid) return 'already-ended';
    if (quit) {
      quit().catch(() => {}); // Refused or too late: the next rung asks less politely.
      if (await this.#endsWithin(RUNG_PATIENCE)) return 'quit';
    }
    await signalAll(this.pid, 'SIGTERM');
    if (await this.#endsWithin(RUNG_PATIENCE)) return 'SIGTERM';
    await signalAll(this.pid, 'SIGKILL');
    if (!(await this.#endsWithin(RUNG_PATIENCE))) this.#closeStreams();
    await this.ended;
    return 'SIGKILL';
  }

  /** Ends a process that has nothing to put in order, and everything in its group. Resolves once it is reaped. */
  async kill(): Promise<ProcessEnd> {
    if (!this.#end && this.pid) {
      signalGroup(this.pid, 'SIGKILL');
      if (!(await this.#endsWithin(RUNG_PATIENCE))) this.#closeStreams();
    }
    return this.ended;
  }

  #endsWithin(patience: Millis): Promise<boolean> {
    return Deadline.after(patience).race([this.ended.then(() => true)], false);
  }

  /** A process that left the group and the tree may hold them open for ever; nobody here waits for it. */
  #closeStreams(): void {
    for (const stream of [this.stdin, this.stdout, this.#stderrStream, ...this.streams]) stream?.destroy();
  }

  #keepStderr(text: string): void {
    this.#stderr = (this.#stderr + text).slice(-STDERR_KEPT_CHARS);
  }
}

/** A command that runs this one. On Linux the kernel itself ends the child when the thread that spawned it dies (prctl(2), PR_SET_PDEATHSIG). */
export function diesWithParent(file: string, args: readonly string[]): [string, string[]] {
  return process.platform === 'linux' ? ['setpriv', ['--pdeathsig', 'KILL', file, ...args]] : [file, [...args]];
}

/** The process and all that it started: its group, also when it has ended itself, and its tree, also in other groups. */
async function signalAll(pid: number, signal: NodeJS.Signals): Promise<void> {
  // tree-kill asks ps for the tree, and takes us down where there is none; the group is left then.
  if (findExecutable('ps')) await new Promise<void>((resolve) => treeKill(pid, signal, () => resolve()));
  signalGroup(pid, signal);
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // Nobody is left in it.
  }
}
