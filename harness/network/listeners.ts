import { createServer, type RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import { DeclarationError } from '../errors.ts';
import type { NetworkServices } from './services.ts';

/**
 * What takes the connections of each TCP port.
 *
 * @throws DeclarationError when two services want one port.
 */
export function listenersOf(services: NetworkServices): Map<number, (socket: Duplex) => void> {
  const listeners = new Map<number, (socket: Duplex) => void>();
  for (const [port, listener] of Object.entries(services.tcp ?? {})) listeners.set(Number(port), listener);
  for (const [port, listener] of Object.entries(services.http ?? {})) {
    if (listeners.has(Number(port))) {
      throw new DeclarationError(`services: port ${port} is declared under tcp and under http; expected one of them.`);
    }
    listeners.set(Number(port), httpListener(listener));
  }
  return listeners;
}

/** Node's HTTP server takes any stream for a connection; it never listens on a port of the host. */
function httpListener(listener: RequestListener): (socket: Duplex) => void {
  // A guest may end its side after the request, as `nc` does; Node would cut the response off.
  const server = Object.assign(createServer(listener), { httpAllowHalfOpen: true });
  return (socket) => void server.emit('connection', socket);
}
