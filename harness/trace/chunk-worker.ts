import { parentPort, workerData } from 'node:worker_threads';
import { ChunkParts } from './chunk-parts.ts';
import type { ChunkPart } from './log-chunk.ts';

/** What a thread is told: to scan a chunk; that a part of one has been taken, and another one is to come. */
export type ChunkOrder =
  | { readonly kind: 'scan'; readonly chunk: number; readonly memory: ArrayBuffer | undefined }
  | { readonly kind: 'go-on'; readonly chunk: number };

/** What it answers. */
export interface ScannedPart {
  readonly chunk: number;
  readonly part: ChunkPart;
}

const port = parentPort;
if (port) {
  const parts = new ChunkParts(workerData, (chunk, part) =>
    port.postMessage({ chunk, part } satisfies ScannedPart, [part.numbers]),
  );
  port.on('message', (order: ChunkOrder) => {
    if (order.kind === 'scan') parts.scan(order.chunk, order.memory);
    else parts.goOn(order.chunk);
  });
}
