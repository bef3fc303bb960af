import { describe, expect, it } from 'vitest';
import type { Verdict } from '../verdict/verdict.ts';
import { causeOf } from './causes.ts';

const fail = (reason: string): Verdict => ({ kind: 'fail', reason });

describe('causeOf', () => {
  it('is the same for the same failure of different commands', () => {
    expect(causeOf(fail('`ls_test` ended with status 1'))).toBe(causeOf(fail('`cat_test -v` ended with status 1')));
  });

  it('keeps exit statuses and signals apart', () => {
    expect(causeOf(fail('`ls` ended with status 1'))).not.toBe(
      causeOf(fail('`ls` ended with status 139 (killed by signal 11)')),
    );
  });

  it('is the same whenever the deadline passed', () => {
    const timeout = (afterMs: number): Verdict => ({ kind: 'timeout', afterMs, waitingFor: 'exit status of `ls`' });
    expect(causeOf(timeout(5_000))).toBe('timeout: waiting for exit status of `…`');
    expect(causeOf(timeout(30_000))).toBe(causeOf(timeout(5_000)));
  });

  it('leaves addresses, process and CPU numbers, long numbers and times out', () => {
    expect(causeOf(fail('fault at 0xffff8000deadbeef on cpu 3, pid 41, after 12.5 s, 131072 bytes'))).toBe(
      'fail: fault at ADDR on cpu N, pid N, after some time, N bytes',
    );
  });

  it('keeps kinds of verdict and causes of crashes apart', () => {
    const crash = (cause: 'panic' | 'reset'): Verdict => ({ kind: 'crash', cause, title: 'x' });
    expect(new Set([crash('panic'), crash('reset'), fail('x')].map(causeOf)).size).toBe(3);
  });
});
