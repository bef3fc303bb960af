import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex, duplexPair, Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { blockUntilDead } from '../testing/processes.ts';
import { Deadline, monotonicMs } from '../units.ts';
import type { WaitOutcome } from './expectation.ts';
import { GuestConsole, type GuestConsoleOptions } from './guest-console.ts';

vi.setConfig({ testTimeout: 60_000 });

const consoles: GuestConsole[] = [];
afterEach(async () => {
  for (const console of consoles.splice(0)) await console[Symbol.asyncDispose]();
});

function openConsole(options: Partial<GuestConsoleOptions> = {}): {
  console: GuestConsole;
  guest: Duplex;
  port: Duplex;
} {
  const [port, guest] = duplexPair();
  const console = new GuestConsole(
    { output: port, input: port },
    { name: 'user', startedAt: monotonicMs(), ...options },
  );
  consoles.push(console);
  return { console, guest, port };
}

/** Long enough to never pass in a test that works. */
const patiently = (): Deadline => Deadline.after(60_000);
const atOnce = (): Deadline => Deadline.after(0);
const textOf = (outcome: WaitOutcome): string => (outcome.kind === 'line' ? outcome.line.text : outcome.kind);

describe('waiting for a line', () => {
  test('finds a line that was already there, and one that comes later', async () => {
    const { console, guest } = openConsole();
    guest.write('one\ntwo\n');
    expect(await console.wait({ from: 0, line: 'one' }, patiently())).toMatchObject({
      kind: 'line',
      line: { index: 0 },
    });
    expect(await console.wait({ from: 0, line: /tw(o)/ }, patiently())).toMatchObject({ line: { index: 1 } });
    const waiting = console.wait({ from: 2, line: /three (?<n>\d)/ }, patiently());
    guest.write('thr');
    guest.write('ee 3\n');
    const outcome = await waiting;
    expect(outcome.kind === 'line' && outcome.match.groups).toMatchObject({ n: '3' });
  });

  test('a string is a substring, not an expression', async () => {
    const { console, guest } = openConsole();
    guest.write('a+b\nxx a.b (1)\n');
    expect(textOf(await console.wait({ from: 0, line: 'a.b (1)' }, patiently()))).toBe('xx a.b (1)');
  });

  test('lines before `from` are not considered', async () => {
    const { console, guest } = openConsole();
    guest.write('same\nsame\n');
    expect(await console.wait({ from: 1, line: 'same' }, patiently())).toMatchObject({ line: { index: 1 } });
  });

  test('expressions with g and y flags find the same thing each time', async () => {
    const { console, guest } = openConsole();
    const line = /b/g;
    guest.write('ab\nab\nab\n');
    for (const from of [0, 1, 2]) {
      expect(await console.wait({ from, line, rejects: [/c/y] }, patiently())).toMatchObject({ line: { index: from } });
    }
    expect(line.lastIndex).toBe(0);
  });

  test('the deadline ends the wait, but not before what has arrived was judged', async () => {
    const { console, guest } = openConsole();
    guest.write('ready\n');
    expect(textOf(await console.wait({ from: 0, line: 'ready' }, atOnce()))).toBe('ready');
    expect(await console.wait({ from: 0, line: 'never' }, atOnce())).toEqual({ kind: 'timeout' });
  });

  test('at the deadline the unfinished line is judged, for the kernel that stops without a newline', async () => {
    const { console, guest } = openConsole();
    guest.write('PANIC: stack');
    expect(await console.wait({ from: 0, line: 'ready', rejects: [/PANIC/] }, atOnce())).toMatchObject({
      kind: 'rejected',
      line: { index: 0, text: 'PANIC: stack' },
    });
    expect(textOf(await console.wait({ from: 0, line: /^PANIC/ }, atOnce()))).toBe('PANIC: stack');
  });

  test('an abort ends the wait, also one that came before it', async () => {
    const { console } = openConsole();
    const abort = new AbortController();
    const waiting = console.wait({ from: 0, line: 'x', signal: abort.signal }, patiently());
    abort.abort();
    expect(await waiting).toEqual({ kind: 'aborted' });
    expect(await console.wait({ from: 0, line: 'x', signal: abort.signal }, patiently())).toEqual({ kind: 'aborted' });
  });
});

describe('rejects', () => {
  const expectation = { from: 0, line: 'ready', rejects: [/panic/g] };

  test.each([
    ['the panic first', 'panic\nready\n', 'rejected'],
    ['the wanted line first', 'ready\npanic\n', 'ready'],
    ['both in one line', 'ready panic\n', 'rejected'],
    ['neither, then the end', 'boot\n', 'closed'],
  ])('%s', async (_name, text, expected) => {
    const { console, guest } = openConsole();
    const waiting = console.wait(expectation, patiently());
    guest.end(text);
    expect(textOf(await waiting)).toBe(expected);
    expect(textOf(await console.wait(expectation, patiently()))).toBe(expected);
  });

  test('the pattern is told as it was declared', async () => {
    const { console, guest } = openConsole();
    guest.write('panic\n');
    const outcome = await console.wait(expectation, patiently());
    expect(outcome.kind === 'rejected' && outcome.pattern).toBe(expectation.rejects[0]);
  });

  test('the outcome is the same however the stream is cut', async () => {
    const text = 'boot\r\nready? no\npanic: x\nready\n# ';
    const wants = [{ line: 'ready' }, { line: /^ready$/ }, { line: /^ready$/, rejects: [/panic/] }, { prompt: '# ' }];
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat({ max: text.length })), async (cuts) => {
        const { console, guest } = openConsole();
        const waits = wants.map((want) => console.wait({ from: 0, ...want }, patiently()));
        const sorted = [0, ...cuts.sort((a, b) => a - b), text.length];
        for (const [at, end] of sorted.slice(1).entries()) guest.write(text.slice(sorted[at], end));
        expect((await Promise.all(waits)).map(textOf)).toEqual(['ready? no', 'ready', 'rejected', 'prompt']);
      }),
      { numRuns: 30 },
    );
  });
});

describe('waiting for a prompt', () => {
  test('matches the end of the unfinished line only', async () => {
    const { console, guest } = openConsole();
    const waiting = console.wait({ from: 0, prompt: '# ' }, patiently());
    guest.write('a # b\n# comment\n/home \x1b[1m# \x1b[0m');
    expect(await waiting).toEqual({ kind: 'prompt', tail: '/home # ' });
  });

  test('an expression need not be anchored', async () => {
    const { console, guest } = openConsole();
    const waiting = console.wait({ from: 0, prompt: /\w+@\w+[$#] |> /g }, patiently());
    guest.write('x> y\nroot@tb# ');
    expect(await waiting).toEqual({ kind: 'prompt', tail: 'root@tb# ' });
  });

  test('an unfinished line before `from` is not considered', async () => {
    const { console, guest } = openConsole();
    guest.write('# ');
    expect(await console.wait({ from: 0, prompt: '# ' }, patiently())).toMatchObject({ kind: 'prompt' });
    const waiting = console.wait({ from: 1, prompt: '# ' }, patiently());
    guest.write('ls\n# ');
    expect(await waiting).toMatchObject({ kind: 'prompt' });
    expect(console.nextIndex).toBe(1);
  });
});

describe('the end of the port', () => {
  test('what was left is judged before the wait is told that the console closed', async () => {
    const { console, guest } = openConsole();
    const found = console.wait({ from: 0, line: 'last words' }, patiently());
    const missed = console.wait({ from: 0, line: 'never' }, patiently());
    guest.end('last words');
    expect(textOf(await found)).toBe('last words');
    expect(await missed).toEqual({ kind: 'closed' });
    await console.closed;
    expect(await console.wait({ from: 0, line: 'never' }, patiently())).toEqual({ kind: 'closed' });
  });

  test('a port that fails has closed', async () => {
    const { console, port } = openConsole();
    const waiting = console.wait({ from: 0, line: 'x' }, patiently());
    port.destroy(new Error('ECONNRESET'));
    expect(await waiting).toEqual({ kind: 'closed' });
  });

  test('a port that was dead from the beginning has closed', async () => {
    const [port] = duplexPair();
    port.destroy();
    await once(port, 'close');
    const console = new GuestConsole({ output: port, input: port }, { name: 'user', startedAt: 0 });
    expect(await console.wait({ from: 0, line: 'x' }, patiently())).toEqual({ kind: 'closed' });
  });

  test('bytes that were received while the port was paused are not lost', async () => {
    const log = new Writable({ highWaterMark: 1, write: () => {} });
    const { console, guest, port } = openConsole({ log });
    guest.write('one\n');
    await console.wait({ from: 0, line: 'one' }, patiently());
    guest.write('two\n');
    while (port.readableLength === 0) await turn();
    port.destroy(new Error('EPIPE'));
    await console.closed;
    expect(console.recent().map((line) => line.text)).toEqual(['one', 'two']);
  });

  test('sending to a dead port resolves', async () => {
    const { console, port } = openConsole();
    port.destroy();
    await console.send('ls\n');
    await console.closed;
    await console.send('ls\n');
  });

  test('sending resolves when the peer dies without ever reading', async () => {
    const port = new Duplex({ read() {}, write() {} });
    const console = new GuestConsole({ output: port, input: port }, { name: 'user', startedAt: 0 });
    const sends = [console.send('one'), console.send('two', { typing: { chunk: 1, pauseMs: 0 } })];
    port.destroy();
    await Promise.all(sends);
  });
});

describe('sending', () => {
  test('texts keep their order and do not mix, also when one is typed slowly', async () => {
    const { console, guest } = openConsole();
    const received: string[] = [];
    guest.setEncoding('utf8').on('data', (text: string) => received.push(text));
    await Promise.all([console.send('slow', { typing: { chunk: 1, pauseMs: 1 } }), console.send(Buffer.from(' fast'))]);
    while (received.join('').length < 9) await turn();
    expect(received.join('')).toBe('slow fast');
  });

  test('an abort stops slow typing', async () => {
    const { console, guest } = openConsole();
    guest.resume();
    await console.send('never', { typing: { chunk: 1, pauseMs: 60_000 }, signal: AbortSignal.timeout(1) });
  });
});

describe('memory and the event loop', () => {
  test('a flood keeps the last lines, counts all of them and leaves others their turn', async () => {
    const { console, guest } = openConsole({ keepLines: 100 });
    let turns = 0;
    const total = 200_000;
    const line = (index: number): string => `line ${index} ${'x'.repeat(20)}\n`;
    const waiting = console.wait({ from: 0, line: `line ${total - 1} ` }, patiently());
    let isDone = false;
    const others = (async () => {
      for (; !isDone; turns++) await turn();
    })();
    for (let index = 0; index < total; index += 1_000) {
      guest.write(Array.from({ length: 1_000 }, (_, at) => line(index + at)).join(''));
    }
    await waiting;
    isDone = true;
    await others;
    expect(turns).toBeGreaterThan(10);
    expect(console.nextIndex).toBe(total);
    expect(console.recent()).toHaveLength(100);
    expect(console.since(0)[0]?.index).toBe(total - 100);
    expect(console.since(total - 2).map(({ index }) => index)).toEqual([total - 2, total - 1]);
    expect(console.recent(1)).toEqual([console.lastLine]);
  });

  test('a slow log holds the guest back and receives every byte', async () => {
    const logged: Buffer[] = [];
    const log = new Writable({
      highWaterMark: 1_000,
      write(chunk: Buffer, _encoding, done) {
        logged.push(chunk);
        setImmediate(done);
      },
    });
    const { console, guest } = openConsole({ log });
    const text = 'some bytes \0 and more\r\n'.repeat(5_000);
    guest.end(text);
    await console.closed;
    log.end();
    await once(log, 'finish');
    expect(Buffer.concat(logged).toString()).toBe(text);
  });

  test('a log that fails is reported and does not stop the console', async () => {
    const log = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => done(new Error('disk full')) });
    const { console, guest } = openConsole({ log });
    guest.write('one\n');
    expect(textOf(await console.wait({ from: 0, line: 'one' }, patiently()))).toBe('one');
    guest.write('two\n');
    expect(textOf(await console.wait({ from: 0, line: 'two' }, patiently()))).toBe('two');
    expect(console.logFailure?.message).toBe('disk full');
  });
});

test('subscribers see each line once, before the waits, and until they leave', async () => {
  const { console, guest } = openConsole();
  const seen: string[] = [];
  const leave = console.subscribe({ accept: (line) => seen.push(line.text) });
  guest.write('one\ntwo\n');
  await console.wait({ from: 0, line: 'two' }, patiently());
  expect(seen).toEqual(['one', 'two']);
  leave();
  guest.write('three\n');
  await console.wait({ from: 0, line: 'three' }, patiently());
  expect(seen).toEqual(['one', 'two']);
});

test('knows when the last byte came and how many there were', async () => {
  const { console, guest } = openConsole();
  expect(console).toMatchObject({ lastByteAtMs: 0, bytesSeen: 0, lastLine: undefined, tail: '' });
  guest.write('one\n# ');
  await console.wait({ from: 0, prompt: '# ' }, patiently());
  expect(console).toMatchObject({ bytesSeen: 6, lastLine: { text: 'one' }, tail: '# ' });
  expect(console.lastByteAtMs).toBeGreaterThan(0);
});

test('the last words of a peer that closes its socket are read from a real one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'console-'));
  const server = createServer({ pauseOnConnect: true });
  try {
    server.listen(join(folder, 's'));
    const [[guest], port] = await Promise.all([
      once(server, 'connection') as Promise<[Socket]>,
      connect(join(folder, 's')),
    ]);
    const console = new GuestConsole({ output: port, input: port }, { name: 'user', startedAt: monotonicMs() });
    await console.send('never read by the guest');
    guest.write(`${'noise\n'.repeat(50_000)}Kernel panic`, () => guest.destroy());
    const outcome = await console.wait({ from: 0, line: 'ready', rejects: [/^Kernel panic$/] }, patiently());
    expect(outcome).toMatchObject({ kind: 'rejected', line: { index: 50_000 } });
  } finally {
    server.close();
    await rm(folder, { recursive: true });
  }
});

test.skipIf(process.platform !== 'linux')(
  'typing to a guest that has just died does not cost its last words',
  async () => {
    const dying = spawn('sh', ['-c', 'echo panic']);
    const console = new GuestConsole({ output: dying.stdout, input: dying.stdin }, { name: 'user', startedAt: 0 });
    blockUntilDead(dying.pid as number);
    await console.send('ls\n');
    expect(textOf(await console.wait({ from: 0, line: 'panic' }, patiently()))).toBe('panic');
  },
);
