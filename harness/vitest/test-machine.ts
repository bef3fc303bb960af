import { ConsoleExpect } from '../console/expect.ts';
import type { ShellSession } from '../console/shell.ts';
import { DeclarationError, EnvironmentError, TwinbootError } from '../errors.ts';
import { readGuestRam } from '../evidence/read-guest-ram.ts';
import { expected } from '../expected.ts';
import { Keyboard } from '../machine/keyboard.ts';
import type { Machine } from '../machine/machine.ts';
import type { QmpClient } from '../qemu/qmp.ts';
import type { Duration } from '../suite/declaration.ts';
import { traceEvents } from '../suite/event-watch.ts';
import type { BootedMachine } from '../suite/imperative.ts';
import { millis } from '../suite/plan.ts';
import type { TracedEvents } from '../trace/events/event-tally.ts';
import type { GuestRam } from '../trace/guest-ram.ts';
import type { InterruptProfile } from '../trace/interrupt-count.ts';
import type { TableReading } from '../trace/result-table.ts';
import type { RingReading } from '../trace/ring.ts';
import { Deadline, type Millis } from '../units.ts';

/** A serial line as a test talks to it. */
export interface TestConsole extends Pick<ConsoleExpect, 'expect' | 'expectPrompt'> {
  /** Types a text as it is; a line wants its own `\n`. */
  send(text: string): Promise<void>;
}

/** What a command did. */
export interface CommandResult {
  /** `undefined` where the shell tells none. */
  readonly status: number | undefined;
  /** What it printed, a line each, cleaned of terminal escapes; the last 10,000 lines at most. */
  readonly output: readonly string[];
}

type ReadyMachine = Extract<BootedMachine, { kind: 'ready' }>;

const DEFAULT_TIMEOUT: Duration = '30s';
/** It takes some hundredths of a second. */
const RAM_WITHIN: Millis = 10_000;

/** The machine of one test: booted, its shell ready where the target has one, ended when the test ends. */
export class TestMachine {
  /** The environment's architecture. */
  readonly arch: string;
  /** The serial lines by role; {@link console} is the first. */
  readonly consoles: Readonly<Record<string, TestConsole>>;
  readonly console: TestConsole;
  readonly #machine: Machine;
  readonly #session: ShellSession | undefined;
  readonly #fatal: AbortSignal;
  readonly #interrupts: ReadyMachine['interrupts'];

  constructor({ machine, session, fatal, interrupts }: ReadyMachine, panics: readonly RegExp[]) {
    this.#machine = machine;
    this.#session = session;
    this.#fatal = fatal;
    this.#interrupts = interrupts;
    this.arch = machine.plan.machine.arch;
    const faces = machine.consoles.map((console): TestConsole => {
      const from = session ? console.nextIndex : 0;
      const deadlineAfter = (within: Millis) => machine.deadlineAfter(within);
      const face = new ConsoleExpect(console, { rejects: panics, from, deadlineAfter });
      return {
        expect: face.expect.bind(face),
        expectPrompt: face.expectPrompt.bind(face),
        send: (text) => console.send(text, { typing: machine.plan.typing }),
      };
    });
    this.consoles = Object.fromEntries(machine.plan.consoles.map((role, index) => [role, faces[index] as TestConsole]));
    this.console = faces[0] as TestConsole;
  }

  /**
   * Runs a command at the target's shell.
   * @throws TwinbootError when it does not end in time, the shell does not run it, or the machine panics or ends meanwhile.
   */
  async run(command: string, options: { timeout?: Duration } = {}): Promise<CommandResult> {
    if (!this.#session) throw new TwinbootError('This target declares no shell: talk to machine.console.');
    const deadline = this.#machine.deadlineAfter(millis(options.timeout ?? DEFAULT_TIMEOUT));
    const outcome = await this.#session.run(command, { deadline, signal: this.#fatal });
    if (outcome.kind !== 'finished')
      throw new TwinbootError(`The command \`${command}\` did not end as commands do: ${outcome.kind}.`);
    return { status: outcome.status, output: outcome.output.map((line) => line.text) };
  }

  /**
   * Runs a command of QEMU's machine protocol and resolves to its `return` value.
   * @throws EnvironmentError when QEMU refuses it or has ended.
   */
  async qmp(command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown> {
    return this.#qmp.execute(command, args);
  }

  /** The machine's keyboard, as somebody in front of it uses it. */
  get keyboard(): Keyboard {
    return new Keyboard(this.#qmp);
  }

  /**
   * Has QEMU's trace events on while something is done, and resolves to what came of them.
   * @param events Names, or patterns with `*`, as `qemu-system-… -trace help` lists them.
   * @throws DeclarationError naming one that QEMU does not have, and those near it.
   * @throws EnvironmentError for a launcher, and for a QEMU that does not log its trace events. What `action` throws.
   */
  async trace(events: readonly string[], action: () => Promise<unknown>): Promise<TracedEvents> {
    const run = await traceEvents(this.#machine, events);
    try {
      await action();
    } finally {
      await run.stop();
    }
    return run.tally.result;
  }

  /**
   * How often the kernel has taken interrupts and exceptions since the test began, by class: `{ irq: 412, 'page-fault': 3 }`.
   * What did not come is not there. What firmware takes does not count.
   * @throws EnvironmentError when nobody can tell: the machine is a launcher's, or not emulated.
   */
  async interrupts(): Promise<InterruptProfile> {
    const profile = await this.#interrupts();
    if (!profile)
      throw new EnvironmentError(
        'This machine has no interrupt log: QEMU writes one for `tcg` alone, and a launcher has it to itself.',
      );
    return profile;
  }

  /**
   * What one of the target's `rings` holds now. What could not be read is in its notes.
   * @throws DeclarationError when the target has no such ring.
   */
  async ring(name: string): Promise<RingReading> {
    return this.#inRam('ring', name, ({ rings }) => rings);
  }

  /**
   * What one of the target's `tables` holds now. What could not be read is in its problems.
   * @throws DeclarationError when the target has no such table.
   */
  async table(name: string): Promise<TableReading> {
    return this.#inRam('table', name, ({ tables }) => tables);
  }

  get #qmp(): QmpClient {
    if (!this.#machine.qmp)
      throw new EnvironmentError('This machine has no monitor: its launcher was not given {qmp}.');
    return this.#machine.qmp;
  }

  async #inRam<T>(what: string, name: string, choose: (ram: GuestRam) => { readonly [name: string]: T }): Promise<T> {
    const ram = await readGuestRam(this.#machine, Deadline.after(RAM_WITHIN));
    const readings = ram ? choose(ram) : {};
    const reading = readings[name];
    if (reading === undefined) throw new DeclarationError(expected(what, Object.keys(readings), name));
    return reading;
  }
}
