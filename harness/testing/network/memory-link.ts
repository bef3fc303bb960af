import { Duplex } from 'node:stream';
import { FrameDecoder } from '../../network/frames.ts';

export interface Losses {
  readonly seed: number;
  /** Shares of the frames, in either direction. */
  readonly dropped: number;
  readonly doubled: number;
}

export const NO_LOSSES: Losses = { seed: 1, dropped: 0, doubled: 0 };

/** Fewer than a sender's patience, there and back, so that what is sent often enough always arrives. */
const MOST_DROPPED_IN_A_ROW = 2;

/** The guest's end of a `-netdev socket` in memory, with a wire that loses and doubles frames in a repeatable way. */
export class MemoryLink {
  /** The harness's end. */
  readonly stream: Duplex;
  onFrame: (frame: Buffer) => void = () => {};
  readonly #decoder = new FrameDecoder();
  readonly #toGuest: (deliver: () => void) => void;
  readonly #toHarness: (deliver: () => void) => void;

  constructor(losses: Losses = NO_LOSSES) {
    const random = mulberry32(losses.seed);
    this.#toGuest = wire(losses, random);
    this.#toHarness = wire(losses, random);
    this.stream = new Duplex({
      read: () => {},
      write: (chunk: Buffer, _encoding, done) => {
        for (const frame of this.#decoder.decode(chunk)) this.#toGuest(() => this.onFrame(frame));
        done();
      },
    });
  }

  send(frame: Buffer): void {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(frame.length);
    this.#toHarness(() => this.sendRaw(Buffer.concat([length, frame])));
  }

  sendRaw(bytes: Buffer): void {
    if (!this.stream.destroyed) this.stream.push(bytes);
  }
}

/** One direction of a wire: delivers, loses or doubles. */
function wire({ dropped, doubled }: Losses, random: () => number): (deliver: () => void) => void {
  let droppedInARow = 0;
  return (deliver) => {
    if (random() < dropped && droppedInARow < MOST_DROPPED_IN_A_ROW) {
      droppedInARow += 1;
      return;
    }
    droppedInARow = 0;
    setImmediate(deliver);
    if (random() < doubled) setImmediate(deliver);
  };
}

/** Tommy Ettinger's generator: small, and good enough to choose victims. */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
