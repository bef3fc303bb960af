import { describeArch } from '../arch/archs.ts';
import type { GuestConsole } from '../console/guest-console.ts';
import { LineRuleReader } from '../console/line-rules.ts';
import { TapReader, type TapResult } from '../console/tap.ts';
import type { Line } from '../lines/line.ts';
import type { Machine } from '../machine/machine.ts';
import { type Cascade, cascadeOf } from '../verdict/cascade.ts';
import type { CaseSignals } from '../verdict/signals.ts';
import type { ResultsDeclaration, TargetDeclaration } from './declaration.ts';
import { PanicWatch } from './panic-watch.ts';

/**
 * Watches everything that a machine says while one case runs: results on every serial line, panics, the monitor's word.
 * Begins with what was already said from `from` on, so that nothing between a boot and the first look is lost.
 */
export class Observation implements Disposable {
  /** Aborted when the machine panics or ends: whoever waits for the case need not wait longer. */
  readonly fatal: AbortSignal;
  /** Resolves when a line rule has given the whole case its result. */
  readonly caseDecided: Promise<void>;
  readonly #abort = new AbortController();
  readonly #machine: Machine;
  readonly #results: ResultsDeclaration;
  readonly #taps: TapReader[] = [];
  readonly #lines: LineRuleReader | undefined;
  readonly #stops: (() => void)[] = [];
  readonly #panics: PanicWatch;
  /** The console that a command is typed on, else the first. */
  readonly #console: GuestConsole;
  #guestPanicked = false;
  #decide: () => void = () => {};

  /**
   * @param target How its kernel says that it has died.
   * @param from Where the case begins: with the machine's first line, or with the next one.
   * @param except A console that a command is typed on: its lines are told through {@link hearing}, without their echo.
   */
  constructor(
    machine: Machine,
    target: Pick<TargetDeclaration, 'panics' | 'shell'>,
    results: ResultsDeclaration,
    from: 'first line' | 'next line',
    except?: GuestConsole,
  ) {
    this.#machine = machine;
    this.#panics = new PanicWatch(machine, target, from);
    this.#console = except ?? machine.console;
    this.#results = results;
    this.fatal = this.#abort.signal;
    this.caseDecided = new Promise((resolve) => {
      this.#decide = resolve;
    });
    this.#lines = results.lines && new LineRuleReader(results.lines);
    for (const console of machine.consoles) {
      if (console !== except) this.#listen(console, from === 'next line' ? console.nextIndex : 0);
    }
    this.#watchMonitor();
    machine.ended.then(() => this.#abort.abort());
  }

  /** A listener for the lines of a command: one for each command. */
  hearing(): (line: Line) => void {
    const tap = this.#openTap();
    return (line) => this.#accept(line, tap, this.#console);
  }

  /** The kernel is in the middle of a report that it always ends. */
  get expectsMore(): boolean {
    return this.#panics.expectsMore;
  }

  /** What has been seen up to now. */
  signals(): Pick<CaseSignals, 'panic' | 'guestPanicked' | 'end' | 'cascade' | 'tap' | 'lines' | 'exitTable'> {
    return {
      panic: this.#panics.report,
      guestPanicked: this.#guestPanicked,
      end: this.#machine.end,
      cascade: cascadeBeforeReset(this.#machine),
      tap: mergeTaps(this.#taps, this.#results.tap === 'required'),
      lines: this.#lines?.result(),
      exitTable: this.#results.qemuExit,
    };
  }

  [Symbol.dispose](): void {
    for (const stop of this.#stops) stop();
    this.#panics[Symbol.dispose]();
  }

  #listen(console: GuestConsole, from: number): void {
    const tap = this.#openTap();
    const accept = (line: Line) => this.#accept(line, tap, console);
    console.since(from).forEach(accept);
    this.#stops.push(console.subscribe({ accept }));
  }

  #openTap(): TapReader | undefined {
    const { tap } = this.#results;
    if (tap === 'ignored') return undefined;
    const reader = new TapReader({ required: tap === 'required' });
    this.#taps.push(reader);
    return reader;
  }

  #accept(line: Line, tap: TapReader | undefined, console: GuestConsole): void {
    tap?.accept(line);
    this.#lines?.accept(line);
    // A line is easily forged. Where the machine's exit status is to speak as well, it is waited for.
    if (this.#lines?.case && !this.#results.qemuExit) this.#decide();
    this.watchForPanic(line, console);
  }

  /** Looks at a line for a panic only: what comes after a command is not its result. */
  watchForPanic(line: Line, console = this.#console): void {
    if (this.#panics.accept(line, console)) this.#abort.abort();
  }

  #watchMonitor(): void {
    const { qmp } = this.#machine;
    const note = ({ name }: { name: string }) => {
      if (name !== 'GUEST_PANICKED') return;
      this.#guestPanicked = true;
      this.#abort.abort();
    };
    qmp?.events.forEach(note);
    if (qmp) this.#stops.push(qmp.subscribe(note));
  }
}

/** `undefined` unless the machine reset, and only an emulated processor logs what led there. */
function cascadeBeforeReset({ end, recorder, plan: { machine } }: Machine): Cascade | undefined {
  if (end?.shutdown?.reason !== 'guest-reset' || machine.accelerator !== 'tcg') return undefined;
  return recorder && cascadeOf(recorder.recent(), describeArch(machine.arch).interruptLog);
}

/** One result from the readers of all lines: usually one line speaks TAP and the others do not. */
function mergeTaps(readers: readonly TapReader[], required: boolean): TapResult | undefined {
  const results = readers.map((reader) => reader.result());
  const seen = results.filter((result) => result.seen);
  if (seen.length === 0) {
    return required
      ? { seen: true, subtests: [], problems: ['no KTAP or TAP document was printed'], complete: false }
      : results[0];
  }
  const bailedOut = seen.find((result) => result.bailedOut !== undefined)?.bailedOut;
  const skippedBecause = seen.find((result) => result.skippedBecause !== undefined)?.skippedBecause;
  return {
    seen: true,
    subtests: seen.flatMap((result) => result.subtests),
    problems: seen.flatMap((result) => result.problems),
    complete: seen.every((result) => result.complete),
    ...(bailedOut === undefined ? {} : { bailedOut }),
    ...(skippedBecause === undefined ? {} : { skippedBecause }),
  };
}
