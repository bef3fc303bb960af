import { type ScannedEvent, Told } from '../../arch/interrupt-bytes.ts';
import type { EventClass, Privilege } from '../../arch/interrupt-log.ts';
import { FAULTS } from '../fault-cycle.ts';
import { type Address, faultAddressOf, pcOf } from './address.ts';

/** The same faults at the same places over and over: a handler that does not cure them. */
export interface Storm {
  readonly class: EventClass;
  readonly name: string;
  readonly from?: Privilege;
  readonly pc?: Address;
  readonly faultAddress?: Address;
  /** How many different faults follow each other in it. */
  readonly faults: number;
  /** How many came in all. */
  readonly count: number;
  /** The number of the first. */
  readonly since: number;
  /** Nothing else came after it up to the log's end, interrupts apart. */
  readonly untilEnd: boolean;
}

/** One of a cycle, in fields that are filled anew: programs fault by the million. */
class Fault {
  class: EventClass = 'unknown';
  name = '';
  from: Privilege | undefined;
  told = 0;
  pcHigh = 0;
  pcLow = 0;
  faultHigh = 0;
  faultLow = 0;
}

/** A fault may lead to another before it comes again. */
const LONGEST_CYCLE = 4;
/** So often nobody faults by chance at the same few places. */
const LEAST = 16;
/** Programs that are started again and again fault at the same places, and are cured each time. */
const LEAST_IN_USER = 256;
const MOST_STORMS = 16;

/** Finds faults that come again and again without anything else that would change things. */
export class ExceptionStorms {
  readonly #cycle: readonly Fault[] = Array.from({ length: LONGEST_CYCLE }, () => new Fault());
  #length = 0;
  #count = 0;
  #since = 0;
  readonly #storms: Storm[] = [];

  take(event: ScannedEvent, number: number): void {
    if (!FAULTS.has(event.class)) {
      // A program that calls the kernel goes on.
      if (event.class === 'syscall' || event.class === 'reset') this.#end(false);
      return;
    }
    for (let index = 0; index < this.#length; index++) {
      if (!isSame(this.#cycle[index] as Fault, event)) continue;
      this.#count++;
      return;
    }
    if (this.#length >= LONGEST_CYCLE || this.#count > LONGEST_CYCLE || event.from === 'user') this.#end(false);
    if (this.#length === 0) this.#since = number;
    fill(this.#cycle[this.#length++] as Fault, event);
    this.#count++;
  }

  /** The worst first. */
  facts(): Storm[] {
    this.#end(true);
    return this.#storms;
  }

  #end(untilEnd: boolean): void {
    const first = this.#cycle[0];
    if (first && this.#length > 0 && this.#count >= (first.from === 'user' ? LEAST_IN_USER : LEAST)) {
      const { class: kind, name, from } = first;
      const [pc, faultAddress] = [pcOf(first), faultAddressOf(first)];
      const [faults, count, since] = [this.#length, this.#count, this.#since];
      this.#storms.push({
        class: kind,
        name,
        ...(from ? { from } : {}),
        ...(pc ? { pc } : {}),
        ...(faultAddress ? { faultAddress } : {}),
        faults,
        count,
        since,
        untilEnd,
      });
      this.#storms.sort((a, b) => b.count - a.count).splice(MOST_STORMS);
    }
    this.#length = 0;
    this.#count = 0;
  }
}

function fill(fault: Fault, event: ScannedEvent): void {
  fault.class = event.class;
  fault.name = event.name;
  fault.from = event.from;
  fault.told = event.told;
  fault.pcHigh = event.pcHigh;
  fault.pcLow = event.pcLow;
  fault.faultHigh = event.faultHigh;
  fault.faultLow = event.faultLow;
}

function isSame(known: Fault, event: ScannedEvent): boolean {
  return (
    known.pcLow === event.pcLow &&
    known.pcHigh === event.pcHigh &&
    known.class === event.class &&
    known.from === event.from &&
    ((known.told ^ event.told) & Told.faultAddress) === 0 &&
    ((event.told & Told.faultAddress) === 0 ||
      (known.faultLow === event.faultLow && known.faultHigh === event.faultHigh))
  );
}
