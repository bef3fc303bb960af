import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameDecoder, MAX_FRAME_BYTES, MAX_QUEUED_BYTES, sendFrame } from './frames.ts';

function prefixed(frame: Uint8Array, length = frame.length): Buffer {
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(length);
  return Buffer.concat([prefix, frame]);
}

function decodeInPieces(stream: Buffer, size: number): Buffer[] {
  const decoder = new FrameDecoder();
  const frames: Buffer[] = [];
  for (let at = 0; at < stream.length; at += size) frames.push(...decoder.decode(stream.subarray(at, at + size)));
  return frames;
}

test('the frames are the same however the stream is cut', () => {
  const frames = fc.array(fc.uint8Array({ minLength: 1, maxLength: 2000 }), { maxLength: 8 });
  fc.assert(
    fc.property(frames, fc.integer({ min: 1, max: 3000 }), (sent, size) => {
      const stream = Buffer.concat(sent.map((frame) => prefixed(frame)));
      expect(decodeInPieces(stream, size)).toEqual(sent.map((frame) => Buffer.from(frame)));
    }),
  );
});

test('a frame that is too long is skipped to its end, and the next one is read', () => {
  const tooLong = prefixed(Buffer.alloc(MAX_FRAME_BYTES + 1, 7));
  const longest = Buffer.alloc(MAX_FRAME_BYTES, 9);
  const stream = Buffer.concat([tooLong, prefixed(Buffer.alloc(0)), prefixed(longest)]);
  const frames = decodeInPieces(stream, 1000);
  expect(frames).toHaveLength(1);
  expect(frames[0]?.equals(longest)).toBe(true);
});

test('arbitrary bytes never throw and never yield a frame longer than the limit', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (chunks) => {
      const decoder = new FrameDecoder();
      for (const chunk of chunks) {
        for (const frame of decoder.decode(Buffer.from(chunk))) {
          expect(frame.length).toBeGreaterThan(0);
          expect(frame.length).toBeLessThanOrEqual(MAX_FRAME_BYTES);
        }
      }
    }),
  );
});

test('frames for a machine that has stopped reading are lost once the queue is full', () => {
  const stopped = new Duplex({ read: () => {}, write: () => {} });
  for (let count = 0; count < 2000; count++) sendFrame(stopped, Buffer.alloc(1514));
  expect(stopped.writableLength).toBeGreaterThan(MAX_QUEUED_BYTES / 2);
  expect(stopped.writableLength).toBeLessThan(MAX_QUEUED_BYTES + 1514);
});

test('a frame for a link that is closed is lost without an error', () => {
  const closed = new Duplex({ read: () => {}, write: () => {} });
  closed.destroy();
  expect(() => sendFrame(closed, Buffer.alloc(60))).not.toThrow();
});
