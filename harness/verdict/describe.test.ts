import { expect, it } from 'vitest';
import { describeVerdict } from './describe.ts';
import type { Verdict } from './verdict.ts';

it.each<[Verdict, string]>([
  [{ kind: 'pass' }, 'pass'],
  [{ kind: 'fail', reason: '`ls` ended with status 1' }, 'fail: `ls` ended with status 1'],
  [{ kind: 'crash', cause: 'panic', title: 'PANIC: page fault at ADDR' }, 'crash (panic): PANIC: page fault at ADDR'],
  [
    { kind: 'timeout', afterMs: 20_000, waitingFor: 'exit status of `ls`' },
    'timeout after 20.0 s: waiting for exit status of `ls`',
  ],
  [{ kind: 'skip', because: 'needs a port' }, 'skip: needs a port'],
  [{ kind: 'missing', what: 'the image has no program `ls`' }, 'missing: the image has no program `ls`'],
  [{ kind: 'error', reason: 'QEMU is not installed' }, 'error: QEMU is not installed'],
  [
    { kind: 'expected-failure', because: 'needs a port', issue: '#12', actual: { kind: 'fail', reason: 'status 1' } },
    'expected failure (needs a port, #12): fail: status 1',
  ],
  [{ kind: 'unexpected-pass', because: 'needs a port' }, 'unexpected pass: declared to fail (needs a port)'],
])('describes %o', (verdict, line) => {
  expect(describeVerdict(verdict)).toBe(line);
});

it('is one visible line however the guest put it', () => {
  expect(describeVerdict({ kind: 'fail', reason: 'first\n\x1b[31msecond\u202e\n' })).toBe(
    'fail: first / \\x1b[31msecond\\u202e',
  );
});

it('is one visible line however its author put it', () => {
  expect(describeVerdict({ kind: 'unexpected-pass', because: 'first\n\x1b[31msecond', issue: '\u202e' })).toBe(
    'unexpected pass: declared to fail (first / \\x1b[31msecond, \\u202e)',
  );
});

it('says so when there is no reason', () => {
  expect(describeVerdict({ kind: 'fail', reason: ' \n' })).toBe('fail: no reason given');
});

it('is bounded', () => {
  expect(describeVerdict({ kind: 'error', reason: 'x'.repeat(5_000) }).length).toBeLessThan(400);
});
