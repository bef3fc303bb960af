import { type Duplex, duplexPair } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { DeclarationError, TwinbootError } from '../errors.ts';
import { ConsoleExpect, ConsoleExpectationError, type ConsoleExpectOptions } from './expect.ts';
import { GuestConsole } from './guest-console.ts';

const consoles: GuestConsole[] = [];
afterEach(async () => {
  for (const console of consoles.splice(0)) await console[Symbol.asyncDispose]();
});

function openExpect(options?: ConsoleExpectOptions): { console: ConsoleExpect; guest: Duplex } {
  const [port, guest] = duplexPair();
  const console = new GuestConsole({ output: port, input: port }, { name: 'user', startedAt: performance.now() });
  consoles.push(console);
  return { console: new ConsoleExpect(console, options), guest };
}

async function failureOf(promise: Promise<unknown>): Promise<ConsoleExpectationError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ConsoleExpectationError);
  return error as ConsoleExpectationError;
}

test('each expectation starts after the line that the last one matched', async () => {
  const { console, guest } = openExpect();
  guest.write('scancode 0x22\nscancode 0x23\n');
  const first = await console.expect(/scancode (0x\w+)/);
  const second = await console.expect('scancode');
  expect([first.match[1], second.line.text]).toEqual(['0x22', 'scancode 0x23']);
  expect((await failureOf(console.expect('scancode', { within: 0 }))).outcome).toEqual({ kind: 'timeout' });
});

test('a prompt is expected where no newline follows, and is passed only once', async () => {
  const { console, guest } = openExpect();
  guest.write('Welcome\nlogin: ');
  expect(await console.expectPrompt(/login: /)).toBe('login: ');
  const again = console.expectPrompt(/: |# /, { within: '1m' });
  guest.write('root\nmotd: root\n# ');
  expect(await again).toBe('# ');
});

describe('a failure says what happened and the facts', () => {
  test('when time was up', async () => {
    const { console, guest } = openExpect();
    guest.write('[vfs]\tmounting root\nsuper');
    const error = await failureOf(console.expect(/^init: ready/, { within: '1ms' }));
    expect(error).toBeInstanceOf(TwinbootError);
    expect(error).toMatchObject({ outcome: { kind: 'timeout' }, pattern: /^init: ready/, lastLine: { index: 0 } });
    const lines = error.message.replace(/\(.* after spawn\)/g, '(T)').split('\n');
    expect(lines).toEqual([
      'No line matched /^init: ready/ within 1 ms; the machine was still running.',
      '  last line   [vfs]\\tmounting root  (T)',
      '  unfinished  super  (T)',
    ]);
  });

  test('when a rejected line came first', async () => {
    const { console, guest } = openExpect({ rejects: [/panic/] });
    guest.write('boot\npanic: oops\nready\n');
    const error = await failureOf(console.expect('ready', { reject: /BUG/ }));
    expect(error.outcome).toMatchObject({ kind: 'rejected', line: { text: 'panic: oops' } });
    expect(error.message).toContain(
      'No line matched "ready" before a line matched /panic/.\n  rejected    panic: oops  (',
    );
  });

  test('when a line came that only this expectation rejects', async () => {
    const { console, guest } = openExpect({ rejects: [/panic/] });
    guest.write('BUG: x\n');
    expect((await failureOf(console.expect('ready', { reject: [/BUG/] }))).outcome.kind).toBe('rejected');
  });

  test('when the console closed and nothing was ever said', async () => {
    const { console, guest } = openExpect();
    guest.end();
    const error = await failureOf(console.expectPrompt('# '));
    expect(error.message).toBe('No prompt matched "# " before the console closed.\n  last line   none');
    expect(error.lastLine).toBeUndefined();
  });

  test('when it was aborted', async () => {
    const { console } = openExpect();
    const error = await failureOf(console.expect('x', { signal: AbortSignal.abort() }));
    expect(error.outcome).toEqual({ kind: 'aborted' });
  });
});

test('a duration that cannot be meant is a fault of the declaration', async () => {
  const { console } = openExpect();
  await expect(console.expect('x', { within: '5 parsecs' })).rejects.toThrow(
    new DeclarationError('within: expected a duration such as "5s", "250ms" or milliseconds, got "5 parsecs"'),
  );
});
