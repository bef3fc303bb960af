import type { Duplex } from 'node:stream';
import type { Bytes } from '../units.ts';

/** QEMU's `-netdev socket` puts the length of each frame before it, 32 bits, most significant byte first. */
const LENGTH_BYTES = 4;

/** QEMU's own buffer for a frame (include/net/net.h, NET_BUFSIZE); a longer one is skipped, not kept. */
export const MAX_FRAME_BYTES: Bytes = 4096 + 65536;

/** What waits for a machine that does not read, such as a stopped one. Past this, frames are lost as on a real wire. */
export const MAX_QUEUED_BYTES: Bytes = 1 << 20;

/** Cuts a stream of length-prefixed frames. Holds at most one frame. */
export class FrameDecoder {
  readonly #length = Buffer.alloc(LENGTH_BYTES);
  #lengthFilled = 0;
  #frame = Buffer.alloc(0);
  #frameFilled = 0;
  #skip = 0;

  /** The frames that `chunk` completes, in order. Each is the caller's to keep. */
  decode(chunk: Buffer): Buffer[] {
    const frames: Buffer[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, chunk.length - at);
        this.#skip -= skipped;
        at += skipped;
      } else if (this.#lengthFilled < LENGTH_BYTES) {
        const taken = chunk.copy(this.#length, this.#lengthFilled, at);
        this.#lengthFilled += taken;
        at += taken;
        if (this.#lengthFilled === LENGTH_BYTES) this.#begin(this.#length.readUInt32BE(0));
      } else {
        const taken = chunk.copy(this.#frame, this.#frameFilled, at);
        this.#frameFilled += taken;
        at += taken;
        if (this.#frameFilled === this.#frame.length) {
          this.#lengthFilled = 0;
          frames.push(this.#frame);
        }
      }
    }
    return frames;
  }

  #begin(length: number): void {
    if (length === 0 || length > MAX_FRAME_BYTES) {
      this.#skip = length;
      this.#lengthFilled = 0;
      return;
    }
    this.#frame = Buffer.allocUnsafe(length);
    this.#frameFilled = 0;
  }
}

/** Sends one frame, or loses it when the machine has stopped reading; what matters is sent again by a layer above. */
export function sendFrame(link: Duplex, frame: Buffer): void {
  if (!link.writable || link.writableLength + frame.length > MAX_QUEUED_BYTES) return;
  const prefixed = Buffer.allocUnsafe(LENGTH_BYTES + frame.length);
  prefixed.writeUInt32BE(frame.length, 0);
  frame.copy(prefixed, LENGTH_BYTES);
  link.write(prefixed);
}
