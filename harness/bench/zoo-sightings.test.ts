import { expect, test } from 'vitest';
import type { ZooTruth } from '../../fixtures/calamity/zoo.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { certainHangs, confusionMatrix, type Sighting, unnamedIn, wrongIn } from './zoo-sightings.ts';

const SPIN: ZooTruth = { kind: 'hang', how: 'spinning-irqs-off' };

function sighting(truth: ZooTruth, verdict: Verdict, parts: Partial<Sighting> = {}): Sighting {
  return {
    entry: { word: 'lock', at: 'spin_lock', calledBy: ['write', 'sync'] },
    truth,
    verdict,
    notes: [],
    silenceMs: 3_000,
    ...parts,
  };
}

function hang(how: 'spinning-irqs-off' | 'idle', functions: readonly string[]): Verdict {
  const frames = functions.map((name) => ({ address: '0x1000', function: name }));
  return { kind: 'hang', how, waitingFor: 'x', forMs: 2_000, vcpu: 0, interruptsOn: false, events: 0, frames };
}

const RIGHT = sighting(SPIN, hang('spinning-irqs-off', ['spin_lock', 'lock', 'write', 'sync', 'main']));

test('a verdict is wrong when its kind is, or how it hangs, or the title of a crash', () => {
  const panic = { kind: 'crash', cause: 'panic', title: 'PANIC: 1' } as const;
  expect(wrongIn([RIGHT, sighting(panic, { ...panic, title: 'PANIC: N' })])).toEqual([]);
  expect(wrongIn([sighting(SPIN, hang('idle', []))])).toHaveLength(1);
  expect(wrongIn([sighting(SPIN, { kind: 'pass' })])).toEqual(['lock is hang: spinning-irqs-off, told as pass']);
  expect(wrongIn([sighting(panic, { ...panic, title: 'OOPS' })])).toHaveLength(1);
  const flaky: ZooTruth = { kind: 'flaky', failsOneIn: 3 };
  expect(wrongIn([sighting(flaky, { kind: 'pass' }), sighting(flaky, { kind: 'fail', reason: '' })])).toEqual([]);
  expect(wrongIn([sighting(flaky, { kind: 'timeout', afterMs: 1, waitingFor: '' })])).toHaveLength(1);
});

test('a function is named when it comes first, or behind what was inlined into it, and its callers follow', () => {
  expect(unnamedIn([RIGHT])).toEqual([]);
  const told = (...functions: string[]) => unnamedIn([sighting(SPIN, hang('spinning-irqs-off', functions))]);
  expect(told('cpu_relax', 'spin_lock', 'write', 'sync')).toEqual([]);
  expect(told('spin_lock', 'sync', 'write')).toHaveLength(1);
  expect(told('a', 'b', 'spin_lock', 'write', 'sync')).toHaveLength(1);
  expect(told()).toEqual(['lock is at spin_lock ← write ← sync, told as nowhere']);
});

test('only hangs that need no time to be proven are told how late', () => {
  expect(certainHangs([RIGHT, sighting({ kind: 'hang', how: 'idle' }, hang('idle', []))])).toEqual([RIGHT]);
});

test('the matrix counts what is true against what was said', () => {
  const wrong = sighting(SPIN, { kind: 'pass' });
  expect(confusionMatrix('Zoo', [RIGHT, RIGHT, wrong]).split('\n')).toEqual([
    'Zoo',
    '                         hang: spinning-irqs-off  pass',
    'hang: spinning-irqs-off                        2     1',
  ]);
});
