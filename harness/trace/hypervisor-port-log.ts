import type { Bytes, Millis } from '../units.ts';
import { type PostCode, postRangeOf } from './post-codes.ts';

/** The codes of one boot in a log of cloud-hypervisor's. */
export interface LoggedBoot {
  /** Each code once, as it first came. */
  readonly codes: readonly PostCode[];
  /** How many writes there were in all. */
  readonly writes: number;
}

export interface PortLog {
  /** The first {@link MOST_BOOTS} of them. */
  readonly boots: readonly LoggedBoot[];
  /** How many boots came after those. */
  readonly moreBoots: number;
  /** Records that were cut short, or are not written as they should be. */
  readonly broken: number;
}

const MOST_BOOTS = 100;
/** As `[Debug I/O port: Firmware code 0x1] 0.402744 seconds`. */
const BEGINNING = '[Debug I/O port: ';
const RECORD =
  /^\[Debug I\/O port: [A-Za-z]{1,20} code 0x(?<code>[0-9a-f]{1,2})\] (?<seconds>\d{1,9})\.(?<rest>\d{1,15}) seconds/;
const LONGEST_RECORD: Bytes = 128;
const NEWLINE = 0x0a;
/** vCPUs may overtake each other on the way to the log; a machine that begins anew goes back further. */
const NEW_BOOT: Millis = 10;

/** Reads the writes to debug port 0x80 from a log of cloud-hypervisor's as it streams, whatever else is in it. Bounded in memory. */
export class PortLogReader {
  readonly #boots: BootCodes[] = [];
  #current: BootCodes | undefined;
  #moreBoots = 0;
  #broken = 0;
  #carried = Buffer.alloc(0);

  push(bytes: Uint8Array): void {
    const text = Buffer.concat([this.#carried, bytes]);
    let from = 0;
    for (;;) {
      const at = text.indexOf(BEGINNING, from);
      const record = at < 0 ? undefined : text.subarray(at, at + LONGEST_RECORD);
      // What may yet become a record is looked at again with the bytes that follow.
      if (!record || (record.length < LONGEST_RECORD && !record.includes(NEWLINE))) {
        from = record ? at : Math.max(from, text.length - BEGINNING.length + 1);
        break;
      }
      this.#take(record);
      from = at + BEGINNING.length;
    }
    this.#carried = Buffer.from(text.subarray(from));
  }

  /** What was read, the log being at its end. */
  end(): PortLog {
    if (this.#carried.includes(BEGINNING)) this.#take(this.#carried);
    this.#carried = Buffer.alloc(0);
    return { boots: this.#boots, moreBoots: this.#moreBoots, broken: this.#broken };
  }

  #take(bytes: Buffer): void {
    const { code, seconds, rest } = RECORD.exec(bytes.toString('latin1'))?.groups ?? {};
    if (code === undefined || seconds === undefined || rest === undefined) {
      this.#broken++;
      return;
    }
    const atMs = millisOf(seconds, rest);
    if (!this.#current?.mayGoOnAt(atMs)) this.#beginBoot();
    this.#current?.take(Number.parseInt(code, 16), atMs);
  }

  #beginBoot(): void {
    this.#current = new BootCodes();
    if (this.#boots.length < MOST_BOOTS) this.#boots.push(this.#current);
    else this.#moreBoots++;
  }
}

class BootCodes implements LoggedBoot {
  readonly #codes = new Map<number, PostCode>();
  #writes = 0;
  #lastAt: Millis = 0;

  get codes(): readonly PostCode[] {
    return [...this.#codes.values()].sort((a, b) => a.atMs - b.atMs);
  }

  get writes(): number {
    return this.#writes;
  }

  mayGoOnAt(atMs: Millis): boolean {
    return atMs > this.#lastAt - NEW_BOOT;
  }

  take(code: number, atMs: Millis): void {
    this.#writes++;
    this.#lastAt = Math.max(this.#lastAt, atMs);
    if (!this.#codes.has(code)) this.#codes.set(code, { code, range: postRangeOf(code), atMs });
  }
}

/**
 * cloud-hypervisor puts all the microseconds behind the point, not those of the last second: 1.402744 s reads `1.1402744`
 * (devices/src/legacy/debug_port.rs). Six digits are what anyone would mean.
 */
function millisOf(seconds: string, rest: string): Millis {
  const micros = Number(rest);
  const isWhole = rest.length > 6 && Math.floor(micros / 1e6) === Number(seconds);
  return (isWhole ? micros : Number(seconds) * 1e6 + Number(rest.padEnd(6, '0').slice(0, 6))) / 1_000;
}
