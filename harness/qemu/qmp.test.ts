import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Deadline, monotonicMs } from '../units.ts';
import { QmpClient, QmpClosedError, QmpCommandError } from './qmp.ts';

/** For a host that is busy; nothing here waits for time to pass. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const GREETING = {
  QMP: { version: { qemu: { micro: 22, minor: 2, major: 7 }, package: 'Debian' }, capabilities: ['oob'] },
};
/** Never awaited to its end: far longer than any wait here takes. */
const LONG = () => Deadline.after(600_000);

let folder: string;
let server: Server;
let peer: ScriptedQemu;
let client: QmpClient;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'qmp-'));
  server = createServer().listen(path.join(folder, 'qmp'));
  const port = connect(path.join(folder, 'qmp'));
  const [[socket]] = (await Promise.all([once(server, 'connection'), once(port, 'connect')])) as [[Socket], unknown];
  peer = new ScriptedQemu(socket);
  client = new QmpClient(port, monotonicMs());
});

afterEach(async () => {
  peer.hangUp();
  await client.closed;
  server.close();
  await once(server, 'close');
  rmSync(folder, { recursive: true });
});

/** QEMU's end of the monitor: says what a test tells it to, and hears what the client asks. */
class ScriptedQemu {
  readonly #socket: Socket;
  readonly #heard: Command[] = [];
  #wake = () => {};
  #unread = '';

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      const lines = (this.#unread + bytes.toString()).split('\n');
      this.#unread = lines.pop() ?? '';
      this.#heard.push(...lines.map((line) => JSON.parse(line) as Command));
      this.#wake();
    });
  }

  say(...messages: unknown[]): void {
    for (const message of messages) this.write(`${JSON.stringify(message)}\r\n`);
  }

  write(text: string | Buffer): void {
    this.#socket.write(text);
  }

  async hear(): Promise<Command> {
    for (;;) {
      const command = this.#heard.shift();
      if (command) return command;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  hangUp(): void {
    this.#socket.end();
  }

  stopReading(): void {
    this.#socket.pause();
  }

  /** Leaves unread what the client has sent: the system then resets the connection. */
  die(): void {
    this.#socket.destroy();
  }
}

interface Command {
  readonly execute: string;
  readonly id: number;
  readonly arguments?: Record<string, unknown>;
}

/** Greets, and lets the client leave negotiation mode. */
async function open(): Promise<void> {
  peer.say(GREETING);
  const opened = client.open();
  peer.say({ return: {}, id: (await peer.hear()).id });
  await opened;
}

describe('opening', () => {
  test('waits for the greeting, leaves negotiation mode, and tells QEMU’s version', async () => {
    const opened = client.open();
    peer.say(GREETING);
    const command = await peer.hear();
    expect(command).toEqual({ execute: 'qmp_capabilities', id: command.id });
    peer.say({ return: {}, id: command.id });
    expect(await opened).toEqual({ major: 7, minor: 2, micro: 22 });
  });

  test('works also when QEMU greeted before anyone asked', async () => {
    peer.say(GREETING, { event: 'MARK' });
    await client.event('MARK', LONG());
    await open();
  });

  test('tells no version when QEMU ends without a greeting', async () => {
    const opened = client.open();
    peer.hangUp();
    expect(await opened).toBeUndefined();
  });

  test('fails when QEMU ends in the middle of it', async () => {
    const opened = client.open();
    peer.say(GREETING);
    await peer.hear();
    peer.hangUp();
    await expect(opened).rejects.toThrow(QmpClosedError);
  });

  test('fails in QEMU’s words when it refuses', async () => {
    const opened = client.open();
    peer.say(GREETING);
    const { id } = await peer.hear();
    peer.say({ error: { class: 'CommandNotFound', desc: 'Capabilities negotiation is already complete' }, id });
    await expect(opened).rejects.toThrow(/qmp_capabilities: Capabilities negotiation is already complete/);
  });
});

describe('a command', () => {
  beforeEach(open);

  test('carries its arguments and resolves to what QEMU returns', async () => {
    const answer = client.execute('human-monitor-command', { 'command-line': 'info registers -a' });
    const command = await peer.hear();
    expect(command).toMatchObject({
      execute: 'human-monitor-command',
      arguments: { 'command-line': 'info registers -a' },
    });
    peer.say({ return: 'RAX=0000000000000000', id: command.id });
    expect(await answer).toBe('RAX=0000000000000000');
  });

  test('gets its own answer, in whatever order answers come', async () => {
    const answers = ['first', 'second', 'third'].map((name) => client.execute(name));
    const commands = [await peer.hear(), await peer.hear(), await peer.hear()];
    for (const { execute, id } of commands.reverse()) peer.say({ return: `to ${execute}`, id });
    expect(await Promise.all(answers)).toEqual(['to first', 'to second', 'to third']);
  });

  test('that QEMU refuses fails with its class and description, and leaves the others alone', async () => {
    const refused = client.execute('cont', { now: true });
    const fine = client.execute('query-status');
    const [{ id: first }, { id: second }] = [await peer.hear(), await peer.hear()];
    peer.say({ error: { class: 'GenericError', desc: 'Parameter now is unexpected' }, id: first });
    peer.say({ return: { running: false }, id: second });
    const error = await refused.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(QmpCommandError);
    expect(error).toMatchObject({
      command: 'cont',
      errorClass: 'GenericError',
      message: 'QEMU refused the monitor command cont: Parameter now is unexpected',
    });
    expect(await fine).toEqual({ running: false });
  });

  test('that is unanswered when QEMU hangs up fails, and so does one that comes after', async () => {
    const pending = Promise.allSettled([client.execute('stop'), client.execute('migrate')]);
    await peer.hear();
    peer.hangUp();
    const reasons = (await pending).map((result) => (result.status === 'rejected' ? result.reason : 'resolved'));
    expect(reasons).toEqual([
      new QmpClosedError('QEMU ended before it answered the monitor command stop.'),
      new QmpClosedError('QEMU ended before it answered the monitor command migrate.'),
    ]);
    await client.closed;
    await expect(client.execute('cont')).rejects.toThrow(
      new QmpClosedError('QEMU has ended; the monitor command cont was not sent.'),
    );
  });

  test('that is unanswered when the connection is reset fails the same way', async () => {
    peer.stopReading();
    const pending = client.execute('quit');
    peer.die();
    await expect(pending).rejects.toThrow(QmpClosedError);
  });

  test('is not confused by answers to commands that nobody gave', async () => {
    const answer = client.execute('query-status');
    const { id } = await peer.hear();
    peer.say(
      { return: 'wrong', id: id + 1_000 },
      { return: 'wrong' },
      { error: { class: 'GenericError', desc: 'JSON parse error' } },
    );
    peer.say({ return: 'right', id });
    expect(await answer).toBe('right');
  });
});

describe('an event', () => {
  test('that comes before the greeting is kept', async () => {
    peer.say({
      event: 'SHUTDOWN',
      data: { guest: true, reason: 'guest-reset' },
      timestamp: { seconds: 1, microseconds: 2 },
    });
    await open();
    expect(client.events).toMatchObject([{ name: 'SHUTDOWN', data: { guest: true, reason: 'guest-reset' } }]);
    expect(await client.event('SHUTDOWN', Deadline.after(0))).toBe(client.events[0]);
  });

  test('is told to subscribers in order, until they have had enough', async () => {
    await open();
    const heard: string[] = [];
    const unsubscribe = client.subscribe(({ name }) => heard.push(name));
    peer.say({ event: 'RESUME' }, { event: 'STOP' });
    await client.event('STOP', LONG());
    unsubscribe();
    peer.say({ event: 'RESET' });
    await client.event('RESET', LONG());
    expect(heard).toEqual(['RESUME', 'STOP']);
    expect(client.events.map(({ name }) => name)).toEqual(['RESUME', 'STOP', 'RESET']);
  });

  test('without data has empty data, and a time since the machine was spawned', async () => {
    peer.say({ event: 'STOP' });
    const event = await client.event('STOP', LONG());
    expect(event?.data).toEqual({});
    expect(event?.atMs).toBeGreaterThanOrEqual(0);
  });

  test('that does not come is waited for until the deadline', async () => {
    expect(await client.event('GUEST_PANICKED', Deadline.after(1))).toBeUndefined();
  });

  test('that does not come is waited for no longer than QEMU lives', async () => {
    const awaited = client.event('GUEST_PANICKED', LONG());
    peer.hangUp();
    expect(await awaited).toBeUndefined();
  });

  test('that was QEMU’s last word before it died is not lost', async () => {
    await open();
    const answer = Promise.allSettled([client.execute('quit')]);
    await peer.hear();
    peer.say({ event: 'SHUTDOWN', data: { guest: false, reason: 'host-qmp-quit' } });
    peer.hangUp();
    await client.closed;
    expect(client.events.map(({ name }) => name)).toEqual(['SHUTDOWN']);
    expect((await answer)[0].status).toBe('rejected');
  });

  test('that comes a thousand times over does not fill the memory: the latest stay', async () => {
    await open();
    for (let index = 0; index < 1_500; index++) peer.say({ event: 'VSERPORT_CHANGE', data: { index } });
    peer.say({ event: 'LAST' });
    await client.event('LAST', LONG());
    expect(client.events).toHaveLength(1_000);
    expect(client.events[0]?.data).toEqual({ index: 501 });
  });
});

describe('a stream that is not as it should be', () => {
  test('is read the same however it is cut', async () => {
    const message = Buffer.from(`${JSON.stringify({ event: 'ÄÖÜ😀', data: { text: '\u2028' } })}\n`);
    for (let at = 1; at < message.length; at++) {
      peer.write(message.subarray(0, at));
      await new Promise((resolve) => setImmediate(resolve));
      peer.write(message.subarray(at));
    }
    peer.say({ event: 'LAST' });
    await client.event('LAST', LONG());
    const [last, ...rest] = [...client.events].reverse();
    expect(last?.name).toBe('LAST');
    expect(rest).toHaveLength(message.length - 1);
    expect(new Set(rest.map(({ name }) => name))).toEqual(new Set(['ÄÖÜ😀']));
  });

  test('may hold lines that are no messages', async () => {
    peer.write('\n\r\nqemu-system-x86_64: warning: on the wrong stream\n{"event": \n[1]\nnull\n7\n"QMP"\n{}\n');
    await open();
    expect(client.events).toEqual([]);
  });

  test('may end in the middle of a message', async () => {
    await open();
    const pending = Promise.allSettled([client.execute('query-cpus-fast')]);
    const { id } = await peer.hear();
    peer.write(`{"event": "STOP"}\n{"id": ${id}, "return": [{"cpu-index"`);
    peer.hangUp();
    expect((await pending)[0]).toMatchObject({ status: 'rejected', reason: expect.any(QmpClosedError) });
    expect(client.events.map(({ name }) => name)).toEqual(['STOP']);
  });

  test('may carry an answer of many megabytes', async () => {
    await open();
    const answer = client.execute('human-monitor-command', { 'command-line': 'info mtree' });
    const { id } = await peer.hear();
    const long = 'x'.repeat(8 * 2 ** 20);
    peer.say({ return: long, id });
    expect(await answer).toHaveLength(long.length);
  });

  test('is given up when a message never ends', async () => {
    await open();
    const pending = Promise.allSettled([client.execute('human-monitor-command')]);
    await peer.hear();
    const flood = 'x'.repeat(2 ** 20);
    for (let sent = 0; sent < 17; sent++) peer.write(flood);
    await client.closed;
    expect((await pending)[0]).toMatchObject({ status: 'rejected', reason: expect.any(QmpClosedError) });
  });
});
