import { type CallDialect, readArguments } from '../arch/calls.ts';
import type { Bytes } from '../units.ts';

/** Hears of the calls of probed functions. An address is given as QEMU writes it: 16 hexadecimal digits. */
export interface CallListener {
  /** The first instruction of a function is about to run. */
  readonly called: (address: string) => void;
  /** What the registers held that hold arguments, of a call that was told; none where they hold none. */
  readonly passed: (address: string, values: readonly bigint[]) => void;
  /** It did not run after all: an interrupt came first, and it will be told again. */
  readonly calledBack: (address: string) => void;
}

/** The words that QEMU begins a line of its own with (QEMU, accel/tcg/cpu-exec.c): what follows is one of its records. */
const MARKS = /Trace \d+: [^\n]*\n|Stopped execution of TB chain before [^\n]*\n/;
const TRACE = /^Trace (?<cpu>\d+): 0x[0-9a-f]+ \[[0-9a-f]+\/(?<pc>[0-9a-f]{16})\/[0-9a-f]+\/[0-9a-f]+\]/;
const STOPPED = /^Stopped execution of TB chain before 0x[0-9a-f]+ \[(?<pc>[0-9a-f]{16})\]/;

/** A dump of registers has under 5 KB: what goes on for longer without an end is none. */
const LONGEST_DUMP: Bytes = 2 ** 16;

/**
 * Takes the records of `-d exec,cpu,nochain` with a `-dfilter` out of a log that others share, however the bytes are cut into
 * pieces. Of each call there is a line and then the registers; vCPUs that run at the same time write in between, also in the
 * middle of each other's lines.
 */
export class ProbeLog {
  readonly #dialect: CallDialect;
  readonly #listener: CallListener;
  readonly #records: RegExp;
  /** What cannot be told apart yet: the beginning of a line, or of a dump. */
  #held = '';
  /** By vCPU, the function whose registers are yet to come. */
  readonly #awaited = new Map<string, string>();
  #unreadable = 0;

  constructor(dialect: CallDialect, listener: CallListener) {
    this.#dialect = dialect;
    this.#listener = listener;
    this.#records = new RegExp(`${MARKS.source}|${dialect.dumpBeginning.source}`, 'g');
  }

  /** Records that look like calls and could not be read: with any, what was counted is not all. */
  get unreadable(): number {
    return this.#unreadable;
  }

  /** @returns what is not the probes' own: the rest of the log. */
  push(bytes: Buffer): Buffer {
    const text = this.#held + bytes.toString('latin1');
    const end = text.lastIndexOf('\n') + 1;
    const rest: string[] = [];
    const keptFrom = this.#take(text, end, rest);
    this.#held = text.slice(keptFrom);
    return Buffer.from(rest.join(''), 'latin1');
  }

  /** The log has ended. @returns what it ended in the middle of. */
  end(): Buffer {
    const rest = this.#held;
    this.#held = '';
    return Buffer.from(rest, 'latin1');
  }

  /** Looks at the whole lines of a text, up to `end`. @returns where what must wait for more begins. */
  #take(text: string, end: number, rest: string[]): number {
    let told = 0;
    this.#records.lastIndex = 0;
    for (let found = this.#records.exec(text); found && found.index < end; found = this.#records.exec(text)) {
      const [record] = found;
      if (record.endsWith('\n')) {
        rest.push(text.slice(told, found.index));
        told = this.#records.lastIndex;
        this.#takeLine(record);
        continue;
      }
      if (this.#awaited.size === 0) continue;
      const dumpEnd = this.#endOfDump(text, found.index);
      if (dumpEnd === undefined && text.length - found.index < LONGEST_DUMP) {
        rest.push(text.slice(told, found.index));
        return found.index;
      }
      if (dumpEnd === undefined || !this.#takeDump(text.slice(found.index, dumpEnd))) continue;
      rest.push(text.slice(told, found.index));
      told = dumpEnd;
      this.#records.lastIndex = dumpEnd;
    }
    rest.push(text.slice(told, Math.max(told, end)));
    return Math.max(told, end);
  }

  #takeLine(line: string): void {
    const trace = TRACE.exec(line)?.groups;
    const stopped = STOPPED.exec(line)?.groups;
    if (trace?.cpu && trace.pc) {
      this.#awaited.set(trace.cpu, trace.pc);
      this.#listener.called(trace.pc);
    } else if (stopped?.pc) this.#listener.calledBack(stopped.pc);
    else this.#unreadable++;
  }

  #endOfDump(text: string, from: number): number | undefined {
    const lastLine = text.indexOf(`\n${this.#dialect.lastLine}`, from);
    const end = lastLine < 0 ? -1 : text.indexOf('\n', lastLine + 1);
    return end < 0 ? undefined : end + 1;
  }

  /** Takes a dump that is of a call. Those of interrupts stand in the same log. */
  #takeDump(dump: string): boolean {
    const pc = this.#dialect.pc.exec(dump)?.groups?.pc?.padStart(16, '0');
    const awaiting = [...this.#awaited].find(([, address]) => address === pc);
    if (!awaiting) return false;
    const [cpu, address] = awaiting;
    this.#awaited.delete(cpu);
    this.#listener.passed(address, readArguments(this.#dialect, dump));
    return true;
  }
}
