import { type Duplex, duplexPair } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { Deadline, monotonicMs } from '../units.ts';
import { GuestConsole } from './guest-console.ts';
import { openShell, resumeShell, type ShellSession } from './shell.ts';
import type { ShellSpec } from './shell-spec.ts';

const patiently = (): Deadline => Deadline.after(240_000);
const spec: ShellSpec = { prompt: '~ # ', status: 'posix' };
const QUERY = '\x1b[6n';
const REPORT = '\x1b[1;1R';

const consoles: GuestConsole[] = [];
afterEach(async () => {
  for (const console of consoles.splice(0)) await console[Symbol.asyncDispose]();
});

/** A shell that does what it is told, as far as a session needs it, and keeps each line that was typed to it. */
class ScriptedShell {
  readonly typed: string[] = [];
  readonly console: GuestConsole;
  readonly behindPrompt: string;
  readonly #port: Duplex;
  #unread = '';

  /** @param behindPrompt What it says right after each prompt. */
  constructor(behindPrompt: string) {
    this.behindPrompt = behindPrompt;
    const [ours, theirs] = duplexPair();
    this.#port = ours;
    this.console = new GuestConsole({ output: theirs, input: theirs }, { name: 'user', startedAt: monotonicMs() });
    consoles.push(this.console);
    ours.on('data', (bytes: Buffer) => this.#read(bytes.toString()));
  }

  say(text: string): void {
    this.#port.write(text);
  }

  #read(text: string): void {
    const [end = '', ...beginnings] = text.split('\n');
    this.#unread += end;
    for (const beginning of beginnings) {
      this.typed.push(this.#unread);
      this.#obey(this.#unread);
      this.#unread = beginning;
    }
  }

  #obey(line: string): void {
    const words = line.replaceAll('""', '');
    const prompt = /PS1="([^"]*)"/.exec(words)?.[1];
    const nonce = /echo "<([0-9a-f]+)>"/.exec(words)?.[1];
    if (nonce) this.say(`\r\n<${nonce}>\r\n\r\n<${nonce}:${nonce}.0>`);
    this.say(`\r\n${prompt}${this.behindPrompt}`);
  }
}

async function openedAt(shell: ScriptedShell): Promise<ShellSession> {
  shell.say(`~ # ${shell.behindPrompt}`);
  const opened = await openShell(shell.console, spec, patiently());
  if (opened.kind !== 'open') throw new Error(`The shell did not open: ${opened.kind}.`);
  return opened.session;
}

const runTrue = async (session: ShellSession): Promise<unknown> => session.run('true', { deadline: patiently() });

describe('a line editor that asks where the cursor is', () => {
  test('is answered once for each prompt of the session, in front of the next command', async () => {
    const shell = new ScriptedShell(QUERY);
    const session = await openedAt(shell);
    expect(await runTrue(session)).toMatchObject({ kind: 'finished', status: 0 });
    expect(await runTrue(session)).toMatchObject({ kind: 'finished', status: 0 });
    expect(await session.alive(patiently())).toBe(true);
    const [handshake, ...rest] = shell.typed;
    expect(handshake?.startsWith('PS1=')).toBe(true);
    expect(rest.map((line) => line.startsWith(`${REPORT}PS1=`))).toEqual([true, true, true]);
    expect(rest.map((line) => line.split(REPORT).length - 1)).toEqual([1, 1, 1]);
  });

  test('is answered by the clone for its template, which was asked', async () => {
    const template = await openedAt(new ScriptedShell(QUERY));
    const shell = new ScriptedShell('');
    const clone = resumeShell(shell.console, spec, JSON.parse(JSON.stringify(template.snapshot)));
    await runTrue(clone);
    await runTrue(clone);
    expect(shell.typed.map((line) => line.startsWith(REPORT))).toEqual([true, false]);
  });
});

describe('nobody is answered', () => {
  test('by a session whose shell does not ask, nor by its clone', async () => {
    const shell = new ScriptedShell('');
    const session = await openedAt(shell);
    await runTrue(session);
    const cloned = new ScriptedShell('');
    await runTrue(resumeShell(cloned.console, spec, session.snapshot));
    expect([...shell.typed, ...cloned.typed].filter((line) => line.includes('\x1b'))).toEqual([]);
  });

  test('who asks behind something else than the prompt: a program in the background, say', async () => {
    const shell = new ScriptedShell('');
    const session = await openedAt(shell);
    shell.say(`busy${QUERY}`);
    await shell.console.wait({ from: 0, prompt: /busy$/ }, patiently());
    await runTrue(session);
    expect(shell.typed.filter((line) => line.includes('\x1b'))).toEqual([]);
  });
});
