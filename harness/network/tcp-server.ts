import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { Ipv4Address, MacAddress } from './addresses.ts';
import type { Clock } from './clock.ts';
import { openTcp } from './tcp-machine.ts';
import { ACK, RST, resetFor, SYN, type TcpPorts, type TcpSegment } from './tcp-segment.ts';
import { TcpSocket } from './tcp-socket.ts';

/** Connections at one time. With both directions' buffers full, they hold 32 MiB. */
export const MAX_CONNECTIONS = 256;

/** The guest's end of a connection. */
export interface TcpPeer {
  readonly mac: MacAddress;
  readonly address: Ipv4Address;
}

export interface TcpServerOptions {
  readonly listeners: ReadonlyMap<number, (socket: Duplex) => void>;
  readonly clock: Clock;
  send(segment: TcpSegment, ports: TcpPorts, to: TcpPeer): void;
}

/** The TCP of a host that only listens: finds the connection of each segment, opens new ones, resets the rest. */
export class TcpServer {
  readonly #options: TcpServerOptions;
  /** In the order of their opening. */
  readonly #sockets = new Map<string, TcpSocket>();

  constructor(options: TcpServerOptions) {
    this.#options = options;
  }

  get connectionCount(): number {
    return this.#sockets.size;
  }

  receive(segment: TcpSegment & TcpPorts, from: TcpPeer): void {
    const key = `${from.address}:${segment.sourcePort}>${segment.destinationPort}`;
    const socket = this.#sockets.get(key);
    const opens = (segment.flags & (SYN | ACK | RST)) === SYN;
    // A new connection may follow at once on one that is waiting out its end (RFC 9293, 3.6.1).
    if (socket && !(opens && socket.phase === 'time-wait')) {
      socket.receive(segment);
      return;
    }
    const ports = { sourcePort: segment.destinationPort, destinationPort: segment.sourcePort };
    const listener = this.#options.listeners.get(segment.destinationPort);
    if (opens && listener && (socket || this.#hasRoom())) {
      socket?.forget();
      this.#open(key, segment, listener, (answer) => this.#options.send(answer, ports, from));
    } else if ((segment.flags & RST) === 0) {
      this.#options.send(resetFor(segment), ports, from);
    }
  }

  /** Breaks off every connection. */
  dispose(): void {
    for (const socket of this.#sockets.values()) {
      socket.forget();
      socket.destroy();
    }
  }

  #open(key: string, syn: TcpSegment, listener: (socket: Duplex) => void, send: (segment: TcpSegment) => void): void {
    const { clock } = this.#options;
    const socket = new TcpSocket(openTcp(syn, randomBytes(4).readUInt32BE(), clock.now()), {
      clock,
      send,
      established: listener,
      over: (over) => {
        if (this.#sockets.get(key) === over) this.#sockets.delete(key);
      },
    });
    this.#sockets.set(key, socket);
  }

  /** Makes room, if need be, by giving up a connection that serves nobody: not yet established, or over in all but name. */
  #hasRoom(): boolean {
    if (this.#sockets.size < MAX_CONNECTIONS) return true;
    for (const socket of this.#sockets.values()) {
      if (socket.phase !== 'syn-received' && socket.phase !== 'time-wait') continue;
      socket.forget();
      return true;
    }
    return false;
  }
}
