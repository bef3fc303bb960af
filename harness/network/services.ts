import type { RequestListener } from 'node:http';
import { type Duplex, Readable } from 'node:stream';
import type { Bytes } from '../units.ts';

/**
 * What a guest can reach, by port. A service runs inside the harness: what it throws is the harness's failure, not the
 * guest's. An answer to a datagram is lost when it is longer than a frame carries (1472 bytes).
 */
export interface NetworkServices {
  readonly tcp?: Readonly<Record<number, (socket: Duplex) => void>>;
  readonly udp?: Readonly<Record<number, (datagram: Uint8Array) => Uint8Array | undefined>>;
  readonly http?: Readonly<Record<number, RequestListener>>;
}

const MAX_DOWNLOAD: Bytes = 16 * 2 ** 20;
const CHUNK: Bytes = 64 * 2 ** 10;
/** Prime, so that a block that is lost, doubled or moved shows. */
const PATTERN_PERIOD = 251;

/** Echo on TCP and UDP port 7; on HTTP port 80 `/hello`, and `/bytes/N`: N bytes of which byte i is i modulo 251. */
export function standardServices(): NetworkServices {
  return {
    tcp: { 7: (socket) => void socket.pipe(socket) },
    udp: { 7: (datagram) => datagram },
    http: { 80: answerRequest },
  };
}

const answerRequest: RequestListener = (request, response) => {
  const size = /^\/bytes\/(\d{1,9})$/.exec(request.url ?? '')?.[1];
  const known = request.url === '/hello' || (size !== undefined && Number(size) <= MAX_DOWNLOAD);
  if (!known || request.method !== 'GET') {
    respondWith(404, 'not found\n');
  } else if (size === undefined) {
    respondWith(200, 'hello from the harness\n');
  } else {
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': size });
    Readable.from(patternChunks(Number(size)), { objectMode: false }).pipe(response);
  }

  function respondWith(status: number, text: string): void {
    response.writeHead(status, { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(text) }).end(text);
  }
};

/** The bytes of `/bytes/N`. */
export function* patternChunks(total: Bytes): Generator<Buffer> {
  for (let at = 0; at < total; at += CHUNK) {
    yield Buffer.from(Array.from({ length: Math.min(CHUNK, total - at) }, (_, index) => (at + index) % PATTERN_PERIOD));
  }
}
