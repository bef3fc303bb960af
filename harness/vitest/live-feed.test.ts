import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type LiveEvent, LiveFeed } from './live-feed.ts';
import { LiveTeller, type Speaker, watchedCase } from './live-teller.ts';

const NAME = { environment: 'linux/x86_64', suite: 'signals', case: 'alarm() fires' };
const START = { kind: 'start', worker: 0, id: 0, ...NAME };

let feed: LiveFeed;
let heard: LiveEvent[] = [];
beforeEach(async () => {
  const events: LiveEvent[] = []; // An earlier feed may yet hear something.
  feed = await LiveFeed.open((event) => events.push(event));
  heard = events;
});
afterEach(() => feed.close());

/** Waits until so much has been heard; what comes then would be too much. */
async function expectHeard(...events: readonly object[]): Promise<void> {
  await vi.waitUntil(() => heard.length >= events.length, { timeout: 10_000 });
  expect(heard).toEqual(events);
}

/** A machine as a test has it: `spoke` is when it last did, `age` how old it is now. */
function speaker(): Speaker & { ageMs: number; spoke: number } {
  const machine = {
    ageMs: 0,
    spoke: 0,
    get consoles() {
      return [{ lastByteAtMs: 0 }, { lastByteAtMs: machine.spoke }];
    },
  };
  return machine;
}

describe('what a worker tells', () => {
  test('is heard in order: a case is announced by its first word, and ends', async () => {
    const teller = new LiveTeller(feed.address);
    const watched = teller.watch(NAME);
    teller.watch({ ...NAME, case: 'is skipped' })[Symbol.dispose]();
    watched.tell('starting');
    watched.tell('running');
    watched[Symbol.dispose]();
    teller.close();
    await expectHeard(
      START,
      { kind: 'now', worker: 0, id: 0, stage: 'starting', silentMs: null },
      { kind: 'now', worker: 0, id: 0, stage: 'running', silentMs: null },
      { kind: 'end', worker: 0, id: 0 },
      { kind: 'gone', worker: 0 },
    );
  });

  test('of a machine is its silence, and again only when it has spoken', async () => {
    const teller = new LiveTeller(feed.address);
    const watched = teller.watch(NAME);
    const machine = speaker();
    machine.ageMs = 700;
    watched.tell('booting', machine as never);
    machine.ageMs = 5_000;
    teller.look();
    machine.spoke = 4_800;
    teller.look();
    teller.look();
    watched.tell('gathering evidence');
    teller.close();
    await expectHeard(
      START,
      { kind: 'now', worker: 0, id: 0, stage: 'booting', silentMs: 700 },
      { kind: 'now', worker: 0, id: 0, stage: 'booting', silentMs: 200 },
      { kind: 'now', worker: 0, id: 0, stage: 'gathering evidence', silentMs: null },
      { kind: 'gone', worker: 0 },
    );
  });

  test('makes names visible, and bounds them', async () => {
    const teller = new LiveTeller(feed.address);
    teller.watch({ ...NAME, case: `\x1b[2J${'x'.repeat(100_000)}` }).tell('starting');
    await vi.waitUntil(() => heard.length === 2, { timeout: 10_000 });
    expect(heard[0]).toMatchObject({ case: expect.stringMatching(/^\\x1b\[2Jx+…$/) });
    teller.close();
  });
});

test('what is no message is not heard, and its worker is', async () => {
  const lines = ['', 'null', '{}', '{"kind":"end","id":-1}', '{"kind":"end","id":1,"more":1}', '{"kind":"end","id":7}'];
  connect(feed.address.socket).end(`${lines.join('\n')}\n{"kind":`);
  await expectHeard({ kind: 'end', worker: 0, id: 7 }, { kind: 'gone', worker: 0 });
});

test('a worker that floods a line without an end is cut off', async () => {
  const socket = connect(feed.address.socket).on('error', () => {});
  socket.write('x'.repeat(1_000_000));
  await expectHeard({ kind: 'gone', worker: 0 });
  socket.destroy();
});

test('nothing is left of a feed that is closed, and who tells it more is not disturbed', async () => {
  const teller = new LiveTeller(feed.address);
  const watched = teller.watch(NAME);
  watched.tell('starting');
  await vi.waitUntil(() => heard.length === 2, { timeout: 10_000 });
  feed.close();
  await vi.waitUntil(() => heard.length === 3, { timeout: 10_000 });
  watched.tell('running');
  watched[Symbol.dispose]();
  expect(existsSync(path.dirname(feed.address.socket))).toBe(false);
  const late = new LiveTeller(feed.address);
  late.watch(NAME).tell('starting');
  teller.close();
  late.close();
});

test('where nobody listens, a case is told to nobody', () => {
  using watched = watchedCase(undefined, NAME);
  expect(() => watched.tell('starting')).not.toThrow();
  expect(heard).toEqual([]);
});
