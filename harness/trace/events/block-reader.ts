import type { Bytes } from '../../units.ts';
import type { BlockRequest } from './typed-event.ts';

/** What was asked of one disk in one way. */
export interface DiskTotals extends Pick<BlockRequest, 'by' | 'disk'> {
  readonly reads: number;
  readonly writes: number;
  /** Absent where events do not tell how much. */
  readonly bytesRead?: Bytes;
  readonly bytesWritten?: Bytes;
}

export interface BlockTraffic {
  readonly disks: readonly DiskTotals[];
  /** The last {@link MOST_REQUESTS}, oldest first. */
  readonly requests: readonly BlockRequest[];
  /** How many came before those. */
  readonly forgotten: number;
}

const MOST_REQUESTS = 10_000;
/** More are the fault of whoever wrote the log. */
const MOST_DISKS = 256;

type Totals = { -readonly [field in keyof DiskTotals]: DiskTotals[field] };

/** Reads what a guest asks of its disks. Bounded. */
export class BlockReader {
  readonly #disks = new Map<string, Totals>();
  #requests: BlockRequest[] = [];
  #forgotten = 0;

  take({ by, disk, direction, offset, bytes }: BlockRequest): void {
    this.#count({ by, disk, direction, offset, ...(bytes === undefined ? {} : { bytes }) });
    this.#requests.push({ by, disk, direction, offset, ...(bytes === undefined ? {} : { bytes }) });
    if (this.#requests.length < 2 * MOST_REQUESTS) return;
    this.#forgotten += this.#requests.length - MOST_REQUESTS;
    this.#requests = this.#requests.slice(-MOST_REQUESTS);
  }

  get result(): BlockTraffic {
    const requests = this.#requests.slice(-MOST_REQUESTS);
    return {
      disks: [...this.#disks.values()].map((totals) => ({ ...totals })),
      requests,
      forgotten: this.#forgotten + this.#requests.length - requests.length,
    };
  }

  #count({ by, disk, direction, bytes }: BlockRequest): void {
    const key = `${by} ${disk}`;
    let totals = this.#disks.get(key);
    if (!totals) {
      if (this.#disks.size >= MOST_DISKS) return;
      totals = { by, disk, reads: 0, writes: 0, ...(bytes === undefined ? {} : { bytesRead: 0, bytesWritten: 0 }) };
      this.#disks.set(key, totals);
    }
    if (direction === 'read') {
      totals.reads++;
      if (bytes !== undefined) totals.bytesRead = (totals.bytesRead ?? 0) + bytes;
    } else {
      totals.writes++;
      if (bytes !== undefined) totals.bytesWritten = (totals.bytesWritten ?? 0) + bytes;
    }
  }
}
