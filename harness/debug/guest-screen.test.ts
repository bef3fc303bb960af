import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LineConsumer } from '../console/guest-console.ts';
import { GuestScreen } from './guest-screen.ts';

/** A console whose lines the test says. */
class Said {
  readonly name: string;
  tail = '';
  #consumers = new Set<LineConsumer>();

  constructor(name: string) {
    this.name = name;
  }

  subscribe(consumer: LineConsumer): () => void {
    this.#consumers.add(consumer);
    return () => this.#consumers.delete(consumer);
  }

  say(text: string): void {
    this.tail = '';
    for (const consumer of this.#consumers) consumer.accept({ index: 0, atMs: 0, text, truncated: false });
  }
}

let shown = '';
let user: Said;
let kernel: Said;
let screen: GuestScreen;

beforeEach(() => {
  shown = '';
  [user, kernel] = [new Said('user'), new Said('kernel')];
  screen = new GuestScreen([user, kernel], (text) => {
    shown += text;
  });
});

afterEach(() => screen[Symbol.dispose]());

test('each line stands behind the name of its console', () => {
  user.say('init: ready');
  kernel.say('[vfs] mounted');
  user.say('');
  expect(shown).toBe('[user] init: ready\n[kernel] [vfs] mounted\n[user] \n');
});

test('nothing that a guest says moves the cursor or ends a line', () => {
  user.say('\x1b[2J(gdb) \r\u202e');
  expect(shown).toBe('[user] \\x1b[2J(gdb) \\r\\u202e\n');
});

test('an unfinished line is shown once, and its end behind it', () => {
  user.tail = 'login: ';
  screen.showUnfinished();
  screen.showUnfinished();
  expect(shown).toBe('[user] login: ');
  user.tail = 'login: ro';
  screen.showUnfinished();
  user.say('login: root');
  expect(shown).toBe('[user] login: root\n');
});

test('an unfinished line that became another is shown anew', () => {
  user.tail = '10 %';
  screen.showUnfinished();
  user.say('done');
  expect(shown).toBe('[user] 10 %\n[user] done\n');
});

test('lines of another console do not go on behind it', () => {
  user.tail = 'mysh$ ';
  screen.showUnfinished();
  kernel.say('oops');
  user.say('mysh$ ls');
  expect(shown).toBe('[user] mysh$ \n[kernel] oops\n[user] mysh$ ls\n');
});

test('others begin at the start of a line, and what stood there is not said again', () => {
  user.tail = 'mysh$ ';
  screen.showUnfinished();
  screen.endLine();
  screen.endLine();
  screen.showUnfinished();
  expect(shown).toBe('[user] mysh$ \n');
});

test('a line without end is shortened, and shown once', () => {
  user.tail = 'x'.repeat(10_000);
  screen.showUnfinished();
  user.tail = 'x'.repeat(20_000);
  screen.showUnfinished();
  expect(shown.length).toBeLessThan(2_100);
});

test('what was begun is there when it is over', () => {
  user.tail = 'half a sent';
  screen[Symbol.dispose]();
  user.say('half a sentence');
  expect(shown).toBe('[user] half a sent\n');
});
