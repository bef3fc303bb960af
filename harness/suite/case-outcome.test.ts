import { expect, test } from 'vitest';
import type { Machine } from '../machine/machine.ts';
import { hasEvidence } from './case-outcome.ts';

const logged = { interruptLog: {} } as Machine;
const unlogged = { interruptLog: undefined } as Machine;

test('what did not pass has evidence, with a machine or without', () => {
  for (const machine of [undefined, unlogged, logged]) {
    expect(hasEvidence({ verdict: { kind: 'fail', reason: 'no' }, machine }, {})).toBe(true);
    expect(hasEvidence({ verdict: { kind: 'unexpected-pass', because: 'x' }, machine }, {})).toBe(true);
  }
});

test('what passed has some only where all logs are kept, and there is one', () => {
  const passed = (machine: Machine | undefined) => ({ verdict: { kind: 'pass' }, machine }) as const;
  expect(hasEvidence(passed(logged), { keepInterrupts: 'all' })).toBe(true);
  expect(hasEvidence(passed(logged), { keepInterrupts: 'failing' })).toBe(false);
  expect(hasEvidence(passed(logged), {})).toBe(false);
  expect(hasEvidence(passed(unlogged), { keepInterrupts: 'all' })).toBe(false);
  expect(hasEvidence(passed(undefined), { keepInterrupts: 'all' })).toBe(false);
});
