import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostileText } from '../testing/hostile-text.ts';
import {
  describeExpectation,
  describePlaces,
  describeReason,
  judgeAgainst,
  regardlessOfExpectation,
} from './expected-failure.ts';
import type { Expectation, Failure, Verdict } from './verdict.ts';

const expectation: Expectation = { because: 'needs a port', issue: '#12', on: ['arm64'] };
const pass: Verdict = { kind: 'pass' };

const failures: readonly Failure[] = [
  { kind: 'fail', reason: 'status 1' },
  { kind: 'crash', cause: 'panic', title: 'PANIC' },
  { kind: 'hang', how: 'halted', forMs: 1, vcpu: 0, interruptsOn: false, events: 0, frames: [], waitingFor: 'x' },
  { kind: 'timeout', afterMs: 1, waitingFor: 'x' },
];

const sayNothing: readonly Verdict[] = [
  { kind: 'skip', because: 'later' },
  { kind: 'missing', what: '/bin/x' },
  { kind: 'error', reason: 'no QEMU' },
];

describe('a case that is declared to fail', () => {
  test.each(failures)('does, with a $kind', (actual) => {
    expect(judgeAgainst(expectation, actual)).toEqual({
      kind: 'expected-failure',
      because: 'needs a port',
      issue: '#12',
      actual,
    });
  });

  test('does not, with a pass', () => {
    expect(judgeAgainst(expectation, pass)).toEqual({ kind: 'unexpected-pass', ...expectation });
    expect(judgeAgainst({ because: 'x' }, pass)).toEqual({ kind: 'unexpected-pass', because: 'x' });
  });

  test.each(sayNothing)('is none the wiser for a $kind', (verdict) => {
    expect(judgeAgainst(expectation, verdict)).toBe(verdict);
  });

  test.each([pass, ...failures, ...sayNothing])('is judged once: $kind', (verdict) => {
    const judged = judgeAgainst(expectation, verdict);
    expect(judgeAgainst({ because: 'another' }, judged)).toBe(judged);
  });

  test.each([pass, ...failures, ...sayNothing])('does what it does whatever is expected: $kind', (verdict) => {
    expect(regardlessOfExpectation(judgeAgainst(expectation, verdict))).toEqual(verdict);
    expect(regardlessOfExpectation(verdict)).toBe(verdict);
  });
});

describe('a declaration in words', () => {
  test('has its reason, and its issue where there is one', () => {
    expect(describeReason(expectation)).toBe('needs a port, #12');
    expect(describeReason({ because: 'needs a port' })).toBe('needs a port');
  });

  test('is what its author may search for', () => {
    expect(describeExpectation(expectation)).toBe(
      'expectFailure: { on: "arm64", because: "needs a port", issue: "#12" }',
    );
    expect(describeExpectation({ because: 'x' })).toBe('expectFailure: { because: "x" }');
    expect(describePlaces(['linux', 'x86_64'])).toBe('["linux", "x86_64"]');
  });

  test('is one line, safe to print, whatever was declared', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const declared = { because: text, issue: text, on: [text, text] };
        expect(describeReason(declared) + describeExpectation(declared)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
    );
  });
});
