import type { EventClass } from '../arch/interrupt-log.ts';
import type { TraceEvent } from './interrupt-log.ts';

/** Faults that a handler is to cure: the same one again is one that it did not. System calls and interrupts come as often as they like. */
export const FAULTS: ReadonlySet<EventClass> = new Set([
  'page-fault',
  'protection-fault',
  'alignment-fault',
  'stack-fault',
  'segment-fault',
  'undefined-instruction',
  'device-not-available',
  'divide-error',
  'floating-point',
  'machine-check',
  'double-fault',
  'exception',
]);

/** A fault may lead to another before it comes again. */
const LONGEST_CYCLE = 4;

/** The same few faults at the same places, over and over: nothing is done in between that would change anything. */
export class FaultCycle {
  #faults: TraceEvent[] = [];
  #turns = 0;

  take(event: TraceEvent): void {
    if (!FAULTS.has(event.class)) return;
    if (this.#faults.some((known) => isSame(known, event))) {
      this.#turns++;
      return;
    }
    this.#faults = [...this.#faults, event].slice(-LONGEST_CYCLE);
    this.#turns = 0;
  }

  /** How many faults there were since one was new. */
  get turns(): number {
    return this.#turns;
  }

  /** The one that began the cycle, as far as it is still known. */
  get first(): TraceEvent | undefined {
    return this.#faults[0];
  }
}

function isSame(a: TraceEvent, b: TraceEvent): boolean {
  return a.pc === b.pc && a.faultAddress === b.faultAddress && a.class === b.class && a.from === b.from;
}
