import { readGuestRam } from '../evidence/read-guest-ram.ts';
import type { Machine } from '../machine/machine.ts';
import type { GuestRam } from '../trace/guest-ram.ts';
import { Deadline, type Millis } from '../units.ts';

/** A ring of a thousand events is read in some hundredths of a second. */
const WITHIN: Millis = 10_000;

/** Reads what a target lays out of its guest's RAM, once, at the end of a case; earlier when the guest shuts down before that. */
export class RamWatch implements Disposable {
  readonly #machine: Machine;
  readonly #stop: () => void;
  #reading: Promise<GuestRam | undefined> | undefined;

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#stop = machine.beforeEnd(() => this.read());
  }

  /** What is in RAM now, or was when it was read; `undefined` where nothing is laid out. Never rejects. */
  read(): Promise<GuestRam | undefined> {
    this.#reading ??= this.peek();
    return this.#reading;
  }

  /** What is in RAM now, as something to compare with. Never rejects. */
  peek(): Promise<GuestRam | undefined> {
    return readGuestRam(this.#machine, Deadline.after(WITHIN));
  }

  [Symbol.dispose](): void {
    this.#stop();
  }
}
