import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { createSocketDirectory, removeRunDirectory } from '../qemu/reaper.ts';
import { type LiveAddress, type LiveMessage, parseLiveMessage } from './live-message.ts';

const SOCKET_NAME = 'live';
/** No message is so long. */
const LONGEST_LINE = 65_536;

/** What is heard of a run while it goes on. */
export type LiveEvent =
  | ({ readonly worker: number } & LiveMessage)
  /** It has ended, in whatever way, and with it all its cases. */
  | { readonly kind: 'gone'; readonly worker: number };

/**
 * Hears what a run's workers tell of their cases: a connection for each worker, a line for each message. Nothing is asked
 * and nothing is answered, so that nobody waits for a reader. Keeps nobody from ending.
 */
export class LiveFeed {
  readonly address: LiveAddress;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #workers = 0;

  private constructor(address: LiveAddress, hear: (event: LiveEvent) => void) {
    this.address = address;
    this.#server = createServer((socket) => this.#accept(socket, this.#workers++, hear)).unref();
  }

  static async open(hear: (event: LiveEvent) => void): Promise<LiveFeed> {
    const socket = path.join(createSocketDirectory(SOCKET_NAME), SOCKET_NAME);
    const feed = new LiveFeed({ socket }, hear);
    feed.#server.listen(socket);
    await once(feed.#server, 'listening');
    return feed;
  }

  /** Nothing is heard any more, and nothing is left of it. */
  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    removeRunDirectory(path.dirname(this.address.socket));
  }

  #accept(socket: Socket, worker: number, hear: (event: LiveEvent) => void): void {
    this.#sockets.add(socket);
    let unfinished = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (unfinished + text).split('\n');
      unfinished = lines.pop() ?? '';
      for (const line of lines) {
        const message = parseLiveMessage(line);
        if (message) hear({ worker, ...message });
      }
      if (unfinished.length > LONGEST_LINE) socket.destroy();
    });
    socket.on('error', () => {}); // It closes next.
    socket.on('close', () => {
      this.#sockets.delete(socket);
      hear({ kind: 'gone', worker });
    });
    socket.unref();
  }
}
