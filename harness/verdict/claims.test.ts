import { describe, expect, test } from 'vitest';
import type { LineRuleResult } from '../console/line-rules.ts';
import type { TapResult } from '../console/tap.ts';
import type { InterruptTotal } from '../trace/interrupt-count.ts';
import { resultClaims } from './claims.ts';
import type { CaseSignals } from './signals.ts';
import type { Subtest, Verdict } from './verdict.ts';

const nothing: CaseSignals = {
  completion: { kind: 'machine-ended' },
  panic: undefined,
  guestPanicked: false,
  end: undefined,
  cascade: undefined,
  tap: undefined,
  lines: undefined,
  exitTable: undefined,
  answers: undefined,
};

const pass: Verdict = { kind: 'pass' };
const fail: Verdict = { kind: 'fail', reason: 'expected 1, got 2' };
const skip: Verdict = { kind: 'skip', because: 'no port' };

function subtests(verdicts: Readonly<Record<string, Verdict>>): Subtest[] {
  return Object.entries(verdicts).map(([name, verdict]) => ({ name, verdict }));
}

function tapClaimOf(parts: Partial<TapResult>): Verdict | undefined {
  const tap: TapResult = { seen: true, subtests: [], problems: [], complete: true, ...parts };
  const { claims } = resultClaims({ ...nothing, tap });
  expect(claims.length).toBeLessThanOrEqual(1);
  return claims[0]?.verdict;
}

function linesClaimOf(parts: Partial<LineRuleResult>): Verdict | undefined {
  const { claims } = resultClaims({ ...nothing, lines: { subtests: [], problems: [], ...parts } });
  expect(claims.length).toBeLessThanOrEqual(1);
  return claims[0]?.verdict;
}

test('nothing claims nothing', () => {
  expect(resultClaims(nothing)).toEqual({ claims: [], subtests: [], notes: [] });
});

describe('a KTAP report', () => {
  test('that was not seen claims nothing', () => {
    expect(tapClaimOf({ seen: false, complete: false, problems: ['no plan'] })).toBeUndefined();
  });

  test('claims a pass when something passed and nothing failed', () => {
    expect(tapClaimOf({ subtests: subtests({ a: pass, b: skip }) })).toEqual(pass);
  });

  test('claims a failure that names the first of those that failed', () => {
    const some = subtests({ a: fail, b: pass, c: fail });
    const many = subtests({ a: fail, b: fail, c: fail, d: fail, e: fail });
    expect(tapClaimOf({ subtests: some })).toEqual({ kind: 'fail', reason: '2 of 3 subtests failed: a, c' });
    expect(tapClaimOf({ subtests: many })).toEqual({
      kind: 'fail',
      reason: '5 of 5 subtests failed: a, b, c and 2 more',
    });
  });

  test('claims a skip when all that was planned was skipped, with the first reason', () => {
    expect(tapClaimOf({ subtests: subtests({ a: skip, b: { kind: 'skip', because: 'other' } }) })).toEqual(skip);
  });

  test('that planned nothing claims a skip, for the plan’s own reason where it gives one', () => {
    expect(tapClaimOf({ skippedBecause: 'no virtio device' })).toEqual({ kind: 'skip', because: 'no virtio device' });
    expect(tapClaimOf({})).toEqual({ kind: 'skip', because: 'no subtest was planned' });
  });

  test('that is incomplete claims a failure with its first problem', () => {
    const claim = tapClaimOf({
      subtests: subtests({ a: pass }),
      complete: false,
      problems: ['1 of 3 results came', 'x'],
    });
    expect(claim).toEqual({ kind: 'fail', reason: 'incomplete KTAP: 1 of 3 results came' });
    expect(tapClaimOf({ complete: false })).toEqual({ kind: 'fail', reason: 'incomplete KTAP: the plan was not kept' });
  });

  test('that has problems claims no pass, though every planned result is there', () => {
    const claim = tapClaimOf({ subtests: subtests({ a: pass }), problems: ['result 1 came twice'] });
    expect(claim).toEqual({ kind: 'fail', reason: 'incomplete KTAP: result 1 came twice' });
  });

  test('that is incomplete and has failures names the failures: they say more', () => {
    const claim = tapClaimOf({ subtests: subtests({ a: fail }), complete: false, problems: ['1 of 3 results came'] });
    expect(claim).toEqual({ kind: 'fail', reason: '1 of 1 subtests failed: a' });
  });

  test('that bailed out claims a failure for that', () => {
    const parts = { subtests: subtests({ a: pass }), complete: false, problems: ['bailed out'] };
    expect(tapClaimOf({ ...parts, bailedOut: 'no memory' })).toEqual({
      kind: 'fail',
      reason: 'the test bailed out: no memory',
    });
    expect(tapClaimOf({ ...parts, bailedOut: '' })).toEqual({
      kind: 'fail',
      reason: 'the test bailed out: no reason given',
    });
  });
});

describe('line rules', () => {
  test('that matched nothing claim nothing', () => {
    expect(linesClaimOf({})).toBeUndefined();
  });

  test('claim what a line says of the case', () => {
    expect(linesClaimOf({ case: pass })).toEqual(pass);
    expect(linesClaimOf({ case: fail })).toEqual(fail);
  });

  test('claim what the subtests say where no line speaks of the case', () => {
    expect(linesClaimOf({ subtests: subtests({ a: pass, b: fail }) })).toMatchObject({ kind: 'fail' });
    expect(linesClaimOf({ subtests: subtests({ a: pass }) })).toEqual(pass);
  });

  test('claim the worse of the case’s line and the subtests', () => {
    expect(linesClaimOf({ case: pass, subtests: subtests({ a: fail }) })).toMatchObject({ kind: 'fail', reason: /a/ });
    expect(linesClaimOf({ case: fail, subtests: subtests({ a: pass }) })).toEqual(fail);
  });

  test('claim a failure for a subtest that was started and never finished', () => {
    expect(linesClaimOf({ case: pass, subtests: subtests({ a: pass }), started: 'b' })).toEqual({
      kind: 'fail',
      reason: 'b was started and never finished',
    });
  });
});

describe('the interrupt log', () => {
  const irq: InterruptTotal = { class: 'irq', name: 'IRQ', vector: 5, count: 3 };
  const claimsOf = (min: number, totals: readonly InterruptTotal[] | undefined) =>
    resultClaims({ ...nothing, interrupts: { expected: { bounds: [{ name: 'irq', min }] }, totals } }).claims;

  test('claims nothing when all came as expected: that is no proof', () => {
    expect(claimsOf(3, [irq])).toEqual([]);
  });

  test('claims a failure with what was expected and what came', () => {
    expect(claimsOf(4, [irq])).toEqual([
      {
        source: 'the interrupt log',
        verdict: { kind: 'fail', reason: 'interrupts: expected irq at least 4 times; counted 3 irq (IRQ)' },
      },
    ]);
  });

  test('claims an error where QEMU wrote none', () => {
    expect(claimsOf(1, undefined)[0]?.verdict).toMatchObject({
      kind: 'error',
      reason: expect.stringContaining('QEMU wrote no log of them'),
    });
  });
});

describe('a death', () => {
  const lines: LineRuleResult = { subtests: [], problems: [], started: 'fork_many' };
  const panic = { console: 'user', atMs: 0, headline: 'panic', lines: ['panic'], truncated: false };
  const resetEnd = {
    exitCode: 0,
    signal: undefined,
    monitored: true,
    shutdown: { guest: true, reason: 'guest-reset' },
    stderr: '',
  };

  test.each<[string, Partial<CaseSignals>]>([
    ['by a panic', { panic }],
    ['by a reset', { end: resetEnd }],
    ['by the deadline', { completion: { kind: 'deadline', afterMs: 1, waitingFor: 'the guest to end' } }],
    ['told to the pvpanic device', { guestPanicked: true }],
    ['by a power-off in the middle of the case', { completion: { kind: 'cut-short' } }],
  ])('%s is blamed on the subtest that was running', (_, signals) => {
    expect(resultClaims({ ...nothing, lines, ...signals }).notes).toEqual(['it happened during fork_many']);
    expect(resultClaims({ ...nothing, lines: { subtests: [], problems: [] }, ...signals }).notes).toEqual([]);
  });

  test('that did not happen is blamed on nobody', () => {
    expect(resultClaims({ ...nothing, lines }).notes).toEqual([]);
  });
});

test('subtests and problems of both protocols are kept, those of a report that was not seen are not', () => {
  const tap: TapResult = { seen: true, subtests: subtests({ a: pass }), problems: ['p1'], complete: true };
  const lines: LineRuleResult = { subtests: subtests({ b: fail }), problems: ['p2'] };
  const { claims, subtests: all, notes } = resultClaims({ ...nothing, tap, lines });
  expect(claims.map(({ source }) => source)).toEqual(['KTAP', 'line rules']);
  expect([all.map(({ name }) => name), notes]).toEqual([
    ['a', 'b'],
    ['p1', 'p2'],
  ]);
  expect(resultClaims({ ...nothing, tap: { ...tap, seen: false, subtests: [] } }).notes).toEqual([]);
});

test('what trace events should have been is a failure, and what they are is no proof of a pass', () => {
  const { claims } = resultClaims({ ...nothing, unmetEvents: ['dma_blk_io came 0 times', 'pci_cfg_read came once'] });
  expect(claims).toEqual([
    { source: 'trace events', verdict: { kind: 'fail', reason: 'dma_blk_io came 0 times (and 1 more)' } },
  ]);
  expect(resultClaims({ ...nothing, unmetEvents: [] }).claims).toEqual([]);
});

test('functions that were not called as expected are one claim; those that were are none', () => {
  const unmetCalls = ['fork: expected at least 1 call, saw 0', 'exit: expected at most 0 calls, saw 1'];
  expect(resultClaims({ ...nothing, unmetCalls }).claims).toEqual([
    {
      source: 'a function probe',
      verdict: { kind: 'fail', reason: 'fork: expected at least 1 call, saw 0 (and 1 more)' },
    },
  ]);
  expect(resultClaims({ ...nothing, unmetCalls: [] }).claims).toEqual([]);
});
