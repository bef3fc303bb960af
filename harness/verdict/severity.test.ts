import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { worst } from './severity.ts';
import type { Verdict } from './verdict.ts';

const FROM_WORST: readonly Verdict[] = [
  { kind: 'error', reason: 'QEMU was ended by SIGKILL' },
  { kind: 'crash', cause: 'panic', title: 'panic' },
  { kind: 'timeout', afterMs: 1, waitingFor: 'the end' },
  { kind: 'fail', reason: 'status 1' },
  { kind: 'unexpected-pass', because: 'no port' },
  { kind: 'missing', what: 'the image has no program `x`' },
  { kind: 'expected-failure', because: 'no port', actual: { kind: 'fail', reason: 'status 1' } },
  { kind: 'skip', because: 'no port' },
  { kind: 'pass' },
];

describe('worst', () => {
  test('of none is none', () => {
    expect(worst([])).toBeUndefined();
  });

  test('is the same in whatever order verdicts come', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...FROM_WORST], { minLength: 1 }), (verdicts) => {
        expect(worst(verdicts)).toBe(FROM_WORST.find((verdict) => verdicts.includes(verdict)));
      }),
    );
  });

  test('of two alike is the first', () => {
    const first: Verdict = { kind: 'fail', reason: 'first' };
    expect(worst([{ kind: 'pass' }, first, { kind: 'fail', reason: 'second' }])).toBe(first);
  });

  test('leaves what it was given in its order', () => {
    const verdicts = [...FROM_WORST].reverse();
    worst(verdicts);
    expect(verdicts).toEqual([...FROM_WORST].reverse());
  });
});
