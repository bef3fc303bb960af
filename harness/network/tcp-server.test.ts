import type { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { ManualClock, settle } from '../testing/network/manual-clock.ts';
import { RECEIVE_BUFFER_BYTES } from './tcp-connection.ts';
import { ACK, FIN, PSH, RST, SYN, type TcpSegment } from './tcp-segment.ts';
import { MAX_CONNECTIONS, TcpServer } from './tcp-server.ts';
import type { ConnectionLostError } from './tcp-socket.ts';

const peer = { mac: '52:54:00:12:34:56', address: '10.0.2.15' };
const PORT = 7;

/** A server, and a guest that answers only when told to. */
class Scene {
  readonly clock = new ManualClock();
  readonly sockets: Duplex[] = [];
  readonly answers: TcpSegment[] = [];
  readonly server: TcpServer;

  constructor(service: (socket: Duplex) => void = () => {}) {
    const listener = (socket: Duplex) => {
      this.sockets.push(socket);
      service(socket);
    };
    this.server = new TcpServer({
      listeners: new Map([[PORT, listener]]),
      clock: this.clock,
      send: (segment) => this.answers.push(segment),
    });
  }

  get lastAnswer(): TcpSegment {
    const last = this.answers.at(-1);
    if (!last) throw new Error('The server has not answered.');
    return last;
  }

  send(segment: Partial<TcpSegment>, from = 40_000, to = PORT): void {
    const none = { sequence: 0, acknowledgment: 0, flags: ACK, window: 65_535, payload: Buffer.alloc(0) };
    this.server.receive({ ...none, ...segment, sourcePort: from, destinationPort: to }, peer);
  }

  connect(from = 40_000): void {
    this.send({ flags: SYN, sequence: 999 }, from);
    this.reply({ sequence: 1000 }, from);
  }

  /** A segment that acknowledges everything that the server has sent. */
  reply(segment: Partial<TcpSegment>, from = 40_000): void {
    const { sequence, payload, flags } = this.lastAnswer;
    const length = payload.length + ((flags & (SYN | FIN)) === 0 ? 0 : 1);
    this.send({ acknowledgment: (sequence + length) >>> 0, ...segment }, from);
  }
}

test('a service gets a connection once the handshake is complete', () => {
  const scene = new Scene();
  scene.send({ flags: SYN, sequence: 999 });
  expect(scene.sockets).toHaveLength(0);
  scene.reply({ sequence: 1000 });
  expect(scene.sockets).toHaveLength(1);
});

test('a port on which nothing listens is reset', () => {
  const scene = new Scene();
  scene.send({ flags: SYN, sequence: 999 }, 40_000, 8);
  expect(scene.lastAnswer).toMatchObject({ flags: RST | ACK, acknowledgment: 1000 });
});

test('a segment of no connection is reset, and a reset is not', () => {
  const scene = new Scene();
  scene.send({ flags: ACK, acknowledgment: 77 });
  expect(scene.answers).toMatchObject([{ flags: RST, sequence: 77 }]);
  scene.send({ flags: RST });
  expect(scene.answers).toHaveLength(1);
});

test('what a guest sends is echoed, both sides end, and nothing is left', async () => {
  const scene = new Scene((socket) => socket.pipe(socket));
  scene.connect();
  scene.send({ sequence: 1000, payload: Buffer.from('hello'), acknowledgment: (scene.lastAnswer.sequence + 1) >>> 0 });
  await settle();
  expect(scene.lastAnswer.payload.toString()).toBe('hello');
  scene.reply({ sequence: 1005, flags: FIN | ACK });
  await settle();
  expect(scene.lastAnswer.flags & FIN).toBe(FIN);
  scene.reply({ sequence: 1006 });
  await settle();
  expect(scene.server.connectionCount).toBe(0);
  expect(scene.clock.pending).toBe(0);
  expect(scene.sockets[0]?.closed).toBe(true);
});

test('a guest that sends to a service which does not read is stopped by its window, and goes on when it reads', async () => {
  const scene = new Scene();
  scene.connect();
  let at = 0;
  while (scene.lastAnswer.window > 0) {
    const payload = Buffer.alloc(Math.min(1460, scene.lastAnswer.window), at % 256);
    scene.send({ sequence: 1000 + at, payload, acknowledgment: scene.lastAnswer.sequence + (at === 0 ? 1 : 0) });
    at += payload.length;
    await settle();
  }
  const [socket] = scene.sockets;
  expect(at).toBe(RECEIVE_BUFFER_BYTES);
  expect(socket?.readableLength).toBe(at);
  expect(socket?.read()).toHaveLength(at);
  await settle();
  expect(scene.lastAnswer.window).toBe(RECEIVE_BUFFER_BYTES);
});

test('a service that writes more than the guest acknowledges has to wait', async () => {
  const scene = new Scene();
  scene.connect();
  let written = 0;
  scene.sockets[0]?.write(Buffer.alloc(200_000), () => {
    written += 1;
  });
  await settle();
  const outstanding = scene.answers.reduce((sum, { payload }) => sum + payload.length, 0);
  expect(outstanding).toBeLessThanOrEqual(65_535);
  expect(written).toBe(0);
});

test('a reset from the guest ends the socket with an error that nobody has to listen for', async () => {
  const scene = new Scene((socket) => socket.pipe(socket));
  scene.connect();
  scene.reply({ sequence: 1000, flags: RST });
  await settle();
  expect(scene.sockets[0]?.errored).toMatchObject({ code: 'ECONNRESET' } satisfies Partial<ConnectionLostError>);
  expect(scene.server.connectionCount).toBe(0);
  expect(scene.clock.pending).toBe(0);
});

test('a guest that acknowledges nothing loses the connection in the end', async () => {
  const scene = new Scene((socket) => socket.write('hello'));
  scene.connect();
  while (scene.clock.runNext());
  await settle();
  expect(scene.sockets[0]?.errored).toMatchObject({ code: 'ETIMEDOUT' });
  expect(scene.server.connectionCount).toBe(0);
});

test('what a service wrote before it destroyed its socket is still delivered', async () => {
  const scene = new Scene((socket) => socket.write('last words', () => socket.destroy()));
  scene.connect();
  await settle();
  expect(scene.sockets[0]?.destroyed).toBe(true);
  const before = scene.answers.length;
  scene.clock.runNext();
  const again = scene.answers.slice(before);
  expect(Buffer.concat(again.map(({ payload }) => payload)).toString()).toBe('last words');
  expect(again.at(-1)?.flags).toBe(FIN | PSH | ACK);
});

test('a service that destroys its socket without having read what came resets the connection', async () => {
  const scene = new Scene();
  scene.connect();
  scene.send({ sequence: 1000, payload: Buffer.from('hello'), acknowledgment: (scene.lastAnswer.sequence + 1) >>> 0 });
  scene.sockets[0]?.destroy();
  await settle();
  expect(scene.lastAnswer.flags).toBe(RST | ACK);
  expect(scene.server.connectionCount).toBe(0);
});

test('a service that destroys its socket while it still writes resets the connection', async () => {
  const scene = new Scene((socket) => socket.write(Buffer.alloc(100_000)));
  scene.connect();
  scene.sockets[0]?.destroy();
  await settle();
  expect(scene.lastAnswer.flags).toBe(RST | ACK);
  expect(scene.server.connectionCount).toBe(0);
});

test('half-open connections never take more than the table, and never keep a real one out', () => {
  const scene = new Scene();
  for (let port = 1; port <= 5 * MAX_CONNECTIONS; port++) scene.send({ flags: SYN }, port);
  expect(scene.server.connectionCount).toBe(MAX_CONNECTIONS);
  expect(scene.clock.pending).toBe(MAX_CONNECTIONS);
  scene.connect();
  expect(scene.sockets).toHaveLength(1);
});

test('a connection too many is reset, and those that exist go on', () => {
  const scene = new Scene();
  for (let port = 1; port <= MAX_CONNECTIONS; port++) scene.connect(port);
  scene.send({ flags: SYN, sequence: 999 }, 40_000);
  expect(scene.lastAnswer.flags).toBe(RST | ACK);
  expect(scene.sockets).toHaveLength(MAX_CONNECTIONS);
});

test('a new connection follows at once on one of the same ports that waits out its end', async () => {
  const scene = new Scene((socket) => socket.resume().end());
  scene.connect();
  await settle();
  scene.reply({ sequence: 1000, flags: FIN | ACK });
  await settle();
  expect(scene.server.connectionCount).toBe(1);
  scene.connect();
  expect(scene.sockets).toHaveLength(2);
});

test('disposing closes every socket and leaves no timer', async () => {
  const scene = new Scene((socket) => socket.write('unacknowledged'));
  for (let port = 1; port <= 5; port++) scene.connect(port);
  scene.send({ flags: SYN }, 50_000);
  scene.server.dispose();
  await settle();
  expect(scene.server.connectionCount).toBe(0);
  expect(scene.clock.pending).toBe(0);
  expect(scene.sockets.every((socket) => socket.closed)).toBe(true);
});
