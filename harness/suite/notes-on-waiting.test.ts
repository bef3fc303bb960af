import { expect, test } from 'vitest';
import type { Verdict } from '../verdict/verdict.ts';
import { notesOnWaiting } from './notes-on-waiting.ts';

const timeout: Verdict = { kind: 'timeout', afterMs: 2_000, waitingFor: 'the guest to end' };

test('a timeout on a host that kept the machine waiting says for how long', () => {
  expect(notesOnWaiting(timeout, { excused: 6_040 })).toEqual([
    'the host kept the machine waiting for a CPU for 6.0 s; that is not counted',
  ]);
});

test('a timeout on a host that hardly did, and any other verdict, needs no explanation', () => {
  expect(notesOnWaiting(timeout, { excused: 999 })).toEqual([]);
  expect(notesOnWaiting({ kind: 'pass' }, { excused: 6_040 })).toEqual([]);
});
