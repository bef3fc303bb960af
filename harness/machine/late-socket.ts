import { createServer, type Server, type Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** A stream over a unix socket that somebody else connects to, once, at a time of their own. */
export class LateSocket {
  /** What is written before somebody connects is kept for them. Closes when they close. */
  readonly stream: Duplex;
  readonly #server: Server;
  #peer: Socket | undefined;
  #unsent: Buffer[] = [];

  private constructor() {
    this.#server = createServer((socket) => this.#accept(socket));
    this.stream = new Duplex({
      read: () => this.#peer?.resume(),
      write: (bytes: Buffer, _encoding, done) => {
        if (this.#peer) this.#peer.write(bytes, () => done());
        else {
          this.#unsent.push(bytes);
          done();
        }
      },
      destroy: (error, done) => {
        this.#server.close();
        this.#peer?.destroy();
        done(error);
      },
    });
  }

  /** Listens at the path `file`. */
  static async listen(file: string): Promise<LateSocket> {
    const late = new LateSocket();
    await new Promise<void>((resolve, reject) => {
      late.#server.once('error', reject);
      late.#server.listen(file, resolve);
    });
    return late;
  }

  /** Nobody will connect any more. Whoever has is still heard to their end. */
  stopListening(): void {
    this.#server.close();
    if (!this.#peer) this.stream.destroy();
  }

  #accept(socket: Socket): void {
    this.#peer = socket;
    this.#server.close();
    for (const bytes of this.#unsent) socket.write(bytes);
    this.#unsent = [];
    socket.on('data', (bytes) => this.stream.push(bytes));
    socket.on('error', () => {});
    socket.on('close', () => this.stream.destroy());
  }
}
