import { describe, expect, it } from 'vitest';
import { causeOf, fingerprintOf } from './cause.ts';
import type { Verdict } from './verdict.ts';

const fail = (reason: string): Verdict => ({ kind: 'fail', reason });

const place = (name: string) => ({ address: '0x1000', function: name, offset: 16 });

function hang(frames: readonly string[], parts: Partial<Extract<Verdict, { kind: 'hang' }>> = {}): Verdict {
  return {
    kind: 'hang',
    how: 'spinning',
    waitingFor: '`a` to end',
    forMs: 2_000,
    vcpu: 0,
    interruptsOn: true,
    events: 40,
    frames: frames.map(place),
    ...parts,
  };
}

describe('the cause of a hang', () => {
  it('is how it hangs and the innermost functions, whoever called them, whenever it was seen', () => {
    const hung = hang(['spin_lock', 'ext2_create', 'vfs_create', 'sys_open']);
    const again = hang(['spin_lock', 'ext2_create', 'vfs_create', 'sys_mkdir'], { vcpu: 1, forMs: 9_000, events: 7 });
    expect(causeOf(hung)).toBe('hang (spinning) in spin_lock ← ext2_create ← vfs_create');
    expect(fingerprintOf(again)).toBe(fingerprintOf(hung));
    expect(fingerprintOf(hung)).toMatch(/^[0-9a-f]{12}$/);
  });

  it('differs by how it hangs and by the functions', () => {
    const hangs = [hang(['spin_lock', 'a']), hang(['spin_lock', 'b']), hang(['spin_lock', 'a'], { how: 'halted' })];
    expect(new Set(hangs.map(fingerprintOf)).size).toBe(3);
  });

  it('is the address where there are no names', () => {
    const at = (address: string) => hang([], { frames: [{ address }] });
    expect(causeOf(at('0xffff1000'))).toBe('hang (spinning) at 0xffff1000');
    expect(fingerprintOf(at('0xffff1000'))).not.toBe(fingerprintOf(at('0xffff2000')));
  });
});

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

  it('is the same however many interrupts came instead', () => {
    const unmet = (counted: string) => fail(`interrupts: expected irq at least 10 times; counted ${counted}`);
    expect(causeOf(unmet('3 irq (IRQ 0x20), 1 nmi (NMI)'))).toBe('fail: interrupts: expected irq at least 10 times');
    expect(causeOf(unmet('0 irq, nothing else'))).toBe(causeOf(unmet('9 irq (IRQ)')));
  });

  it('keeps crashes with one title and other functions apart', () => {
    const crash = (name: string): Verdict => ({ kind: 'crash', cause: 'panic', title: 'PANIC', frames: [place(name)] });
    expect(causeOf(crash('a'))).toBe('crash (panic): PANIC in a');
    expect(causeOf(crash('b'))).not.toBe(causeOf(crash('a')));
  });

  it('keeps kinds of verdict and causes of crashes apart', () => {
    const crash = (cause: 'panic' | 'reset'): Verdict => ({ kind: 'crash', cause, title: 'x' });
    expect(new Set([crash('panic'), crash('reset'), fail('x')].map(causeOf)).size).toBe(3);
  });
});
