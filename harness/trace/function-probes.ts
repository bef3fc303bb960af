import type { CallDialect } from '../arch/calls.ts';
import type { Millis } from '../units.ts';
import { type ArgumentReading, ArgumentValues } from './argument-values.ts';
import { ProbeLog } from './probe-log.ts';

/** A function whose calls are counted: of several with one name, each by itself. */
export interface ProbedFunction {
  readonly name: string;
  /** Of its first instruction, as text because plans are written as JSON: `0xffffffff81000000`. */
  readonly address: string;
}

/** What the probes of a machine have counted. */
export interface ProbeReading {
  /** Since the counting began. */
  readonly tookMs: Millis;
  /** In the order of the probes, those that were never called among them. */
  readonly functions: readonly FunctionCalls[];
  /** What stands in the way of trusting the counts, as sentences without their ends. */
  readonly problems: readonly string[];
}

export interface FunctionCalls extends ProbedFunction {
  readonly calls: number;
  /** One for each register that holds an argument, whether the function has so many or not; none of a function that was not called. */
  readonly arguments: readonly ArgumentReading[];
}

interface Counts {
  calls: number;
  readonly values: ArgumentValues[];
  /** Of the last call, to take back. */
  last: readonly bigint[];
}

/** Counts the calls of a machine's functions as QEMU logs them. */
export class FunctionProbes {
  readonly #functions: readonly ProbedFunction[];
  readonly #now: () => Millis;
  readonly #log: ProbeLog;
  #counts = new Map<string, Counts>();
  #beganAt: Millis = 0;

  /** @param now Time since the machine was spawned. */
  constructor(functions: readonly ProbedFunction[], dialect: CallDialect, now: () => Millis) {
    this.#functions = functions;
    this.#now = now;
    this.begin();
    this.#log = new ProbeLog(dialect, {
      called: (address) => {
        const counts = this.#counts.get(address);
        if (counts) counts.calls++;
      },
      passed: (address, values) => this.#pass(address, values),
      calledBack: (address) => this.#takeBack(address),
    });
  }

  /** @returns what is not the probes' own: the rest of the log. */
  push(bytes: Buffer): Buffer {
    return this.#log.push(bytes);
  }

  /** The log has ended. @returns as {@link push}. */
  end(): Buffer {
    return this.#log.end();
  }

  /** Forgets what was counted: what counts is what comes from now on. */
  begin(): void {
    this.#beganAt = this.#now();
    this.#counts = new Map(
      this.#functions.map(({ address }) => [asLogged(address), { calls: 0, values: [], last: [] }]),
    );
  }

  read(): ProbeReading {
    const { unreadable } = this.#log;
    return {
      tookMs: this.#now() - this.#beganAt,
      functions: this.#functions.map((probed) => {
        const counts = this.#counts.get(asLogged(probed.address));
        return { ...probed, calls: counts?.calls ?? 0, arguments: counts?.values.map((values) => values.read()) ?? [] };
      }),
      problems:
        unreadable > 0
          ? [`${unreadable} of QEMU’s records of calls could not be read: this QEMU writes them in another way`]
          : [],
    };
  }

  #pass(address: string, values: readonly bigint[]): void {
    const counts = this.#counts.get(address);
    if (!counts) return;
    counts.last = values;
    for (const [index, value] of values.entries()) {
      counts.values[index] ??= new ArgumentValues();
      counts.values[index].add(value);
    }
  }

  #takeBack(address: string): void {
    const counts = this.#counts.get(address);
    if (!counts || counts.calls === 0) return; // It was told before the counting began.
    counts.calls--;
    for (const [index, value] of counts.last.entries()) counts.values[index]?.add(value, -1);
    counts.last = [];
  }
}

/** QEMU writes 16 digits. */
function asLogged(address: string): string {
  return BigInt(address).toString(16).padStart(16, '0');
}
