import { describe, expect, test } from 'vitest';
import type { CountedCalls } from '../evidence/read-probes.ts';
import { ownCalls, unmetExpectations } from './expected-calls.ts';

const FUNCTIONS = ['fork', 'sys_read', 'sys_write'].map((name, index) => ({ name, address: `0x10${index}` }));
const [FORK, ...SYSTEM_CALLS] = FUNCTIONS;

function counted(calls: readonly number[], more: Partial<CountedCalls> = {}): CountedCalls {
  const functions = FUNCTIONS.map((probed, index) => ({ ...probed, calls: calls[index] ?? 0, arguments: [] }));
  return { tookMs: 100, functions, problems: [], kernel: 'there', ...more };
}

const ofFork = (bounds: { min?: number; max?: number }) => ({
  probe: 'fork',
  functions: FORK ? [FORK] : [],
  ...bounds,
});
const ofAll = (bounds: { min?: number; max?: number }) => ({ probe: 'sys_*', functions: SYSTEM_CALLS, ...bounds });

describe('what was expected of a function', () => {
  test.each([
    [{ min: 1 }, 1, []],
    [{ min: 2 }, 1, ['fork: expected at least 2 calls, saw 1']],
    [{ max: 2 }, 2, []],
    [{ max: 1 }, 3, ['fork: expected at most 1 call, saw 3']],
    [{ min: 2, max: 4 }, 5, ['fork: expected 2 to 4 calls, saw 5']],
    [{ min: 1, max: 1 }, 2, ['fork: expected 1 call, saw 2']],
    [{ max: 0 }, 0, []],
    [{}, 0, []],
  ])('%j, with %i calls', (bounds, calls, complaints) => {
    expect(unmetExpectations([ofFork(bounds)], counted([calls, 1, 1]))).toEqual(complaints);
  });

  test('is of all functions of a glob together', () => {
    expect(unmetExpectations([ofAll({ min: 5 })], counted([0, 2, 3]))).toEqual([]);
    expect(unmetExpectations([ofAll({ max: 4 })], counted([0, 2, 3]))).toEqual([
      'sys_*: expected at most 4 calls, saw 5',
    ]);
  });

  test('does not hold where it cannot be told', () => {
    const blind = counted([], { kernel: 'unknown', problems: ['nothing shows it'] });
    expect(unmetExpectations([ofFork({ max: 0 })], blind)).toEqual(['nothing shows it']);
    expect(unmetExpectations([ofFork({ min: 1 })], blind)).toEqual([
      'nothing shows it',
      'fork: expected at least 1 call, saw 0',
    ]);
    expect(unmetExpectations([ofFork({})], blind)).toEqual([]);
    expect(unmetExpectations([ofFork({ min: 1 })], undefined)).toEqual([
      'the function probes were not read: QEMU did not answer',
    ]);
  });
});

test('a case is told of its own functions, whatever others count on its machine', () => {
  expect(ownCalls([ofFork({})], counted([1, 2, 3]))?.functions.map(({ name }) => name)).toEqual(['fork']);
  expect(ownCalls([ofFork({})], undefined)).toBeUndefined();
});
