import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LineRule, LineRuleReader, type LineRuleResult } from '../console/line-rules.ts';
import { TapReader, type TapResult } from '../console/tap.ts';
import type { MachineEnd } from '../machine/machine-end.ts';
import { judge } from './judge.ts';
import type { PanicReport } from './panic-report.ts';
import type { CaseSignals, Completion } from './signals.ts';
import type { Verdict } from './verdict.ts';

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

function report(...lines: string[]): PanicReport {
  return { console: 'user', atMs: 1_200, headline: lines[0] ?? '', lines, truncated: false };
}

/** A machine's end, by default one that the guest asked for. */
function end(parts: Partial<MachineEnd> = {}): MachineEnd {
  return {
    exitCode: 0,
    signal: undefined,
    monitored: true,
    shutdown: { guest: true, reason: 'guest-shutdown' },
    stderr: '',
    ...parts,
  };
}

/** An end that no SHUTDOWN event announced. */
function silentEnd(exitCode: number, parts: Partial<MachineEnd> = {}): MachineEnd {
  return end({ exitCode, shutdown: undefined, ...parts });
}

function ktap(...lines: string[]): TapResult {
  const reader = new TapReader();
  for (const text of ['KTAP version 1', ...lines]) reader.accept(text);
  return reader.result();
}

const RULES: readonly LineRule[] = [
  { match: /^running (\w+)/, subtest: 'started' },
  { match: /^(\w+) \.\.\. ok$/, subtest: 'pass' },
  { match: /^(\w+) \.\.\. FAILED$/, subtest: 'fail' },
  { match: /^(\w+) \.\.\. ignored$/, subtest: 'skip' },
  { match: /^ALL TESTS PASSED$/, case: 'pass' },
  { match: /^SOME TESTS FAILED$/, case: 'fail' },
];

function said(...lines: string[]): LineRuleResult {
  const reader = new LineRuleReader(RULES);
  for (const text of lines) reader.accept(text);
  return reader.result();
}

function ended(status: number | undefined): Completion {
  return { kind: 'command-ended', command: 'alarm_test', status };
}

const reset = { shutdown: { guest: true, reason: 'guest-reset' } } as const;
const deadline: Completion = { kind: 'deadline', afterMs: 5_000, waitingFor: '`alarm_test` to end' };
const panic = report('[    3.141592] Kernel panic - not syncing: CPU 1 at 0xffffffff81000000');
const panicTitle = 'Kernel panic - not syncing: CPU at ADDR';

type Row = [about: string, signals: Partial<CaseSignals>, verdict: Verdict];

describe('a command at the shell', () => {
  test.each<Row>([
    ['that ends with 0 passes', { completion: ended(0), answers: true }, { kind: 'pass' }],
    [
      'that ends with another status fails',
      { completion: ended(1), answers: true },
      { kind: 'fail', reason: '`alarm_test` ended with status 1' },
    ],
    [
      'that a signal ended fails by its number',
      { completion: ended(139), answers: true },
      { kind: 'fail', reason: '`alarm_test` ended with status 139 (killed by signal 11)' },
    ],
    [
      'whose status is above every signal’s is not said to have been killed',
      { completion: ended(255), answers: true },
      { kind: 'fail', reason: '`alarm_test` ended with status 255' },
    ],
    [
      'that passes and leaves a shell which no longer answers fails',
      { completion: ended(0), answers: false },
      { kind: 'fail', reason: 'the command ended, but the shell no longer answered afterwards' },
    ],
    [
      'that the shell did not run fails, and says why',
      { completion: { kind: 'command-not-run', command: 'a (b', why: 'a syntax error?' } },
      { kind: 'fail', reason: 'the shell did not run `a (b`: a syntax error?' },
    ],
    [
      'that does not exist is missing',
      { completion: { kind: 'no-such-program', program: 'alarm_test' } },
      { kind: 'missing', what: 'the image has no program `alarm_test`' },
    ],
    [
      'without a status, of which nothing else tells, fails',
      { completion: ended(undefined), answers: true },
      { kind: 'fail', reason: 'the command ended, and nothing said whether it passed' },
    ],
    [
      'without a status passes when a line says so',
      { completion: ended(undefined), answers: true, lines: said('ALL TESTS PASSED') },
      { kind: 'pass' },
    ],
    [
      'that does not end in time is a timeout',
      { completion: deadline },
      { kind: 'timeout', afterMs: 5_000, waitingFor: '`alarm_test` to end' },
    ],
    [
      'that powers the machine off is a crash',
      { completion: { kind: 'cut-short' }, end: end() },
      { kind: 'crash', cause: 'shutdown', title: 'the guest powered off in the middle of the case' },
    ],
    [
      'whose console closes while QEMU lives is an error, whatever was said',
      { completion: { kind: 'cut-short' }, tap: ktap('1..1', 'ok 1 a') },
      { kind: 'error', reason: 'the console closed in the middle of the case, and QEMU did not end' },
    ],
  ])('%s', (_, signals, verdict) => {
    expect(judge({ ...nothing, ...signals }).verdict).toEqual(verdict);
  });
});

describe('a machine that is the whole case', () => {
  const table = { 1: 'pass', 3: 'fail', 77: 'skip', 127: 'crash' } as const;

  test.each<Row>([
    [
      'and powers off without a word fails',
      { end: end() },
      { kind: 'fail', reason: 'the guest ended without saying whether it passed' },
    ],
    ['and powers off after a complete report passes', { end: end(), tap: ktap('1..1', 'ok 1 a') }, { kind: 'pass' }],
    ['and ends with a status that means a pass passes', { end: silentEnd(1), exitTable: table }, { kind: 'pass' }],
    [
      'and ends with a status that means a failure fails',
      { end: silentEnd(3), exitTable: table },
      { kind: 'fail', reason: 'QEMU exited with status 3, which is declared to be a failure' },
    ],
    [
      'and ends with a status that means a skip is skipped',
      { end: silentEnd(77), exitTable: table },
      { kind: 'skip', because: 'the guest ended with QEMU exit status 77' },
    ],
    [
      'and ends with a status that means a crash has crashed',
      { end: silentEnd(127), exitTable: table },
      { kind: 'crash', cause: 'exit', title: 'QEMU exit status 127, which is declared to be a crash' },
    ],
    [
      'and ends with a status that nobody declared fails, also with 0',
      { end: end({ exitCode: 0 }), exitTable: table },
      { kind: 'fail', reason: 'QEMU exited with status 0, which the exit table does not list' },
    ],
    [
      'and QEMU exits though the guest did not ask for it is an error',
      { end: silentEnd(0), tap: ktap('1..1', 'ok 1 a') },
      { kind: 'error', reason: 'QEMU exited by itself with status 0' },
    ],
    [
      'and the launcher without a monitor ends with 0 is judged by what was said',
      { end: silentEnd(0, { monitored: false }), tap: ktap('1..1', 'ok 1 a') },
      { kind: 'pass' },
    ],
    [
      'and the launcher without a monitor ends with a status that nobody declared is a crash',
      { end: silentEnd(1, { monitored: false, stderr: 'Compiling\nqemu: died' }) },
      { kind: 'crash', cause: 'exit', title: 'QEMU exited with status 1 in the middle of the case: qemu: died' },
    ],
    [
      'and runs on after a line that passes it passes',
      { completion: { kind: 'case-line' }, lines: said('ALL TESTS PASSED') },
      { kind: 'pass' },
    ],
    [
      'and powers off right after a line that passes it passes',
      { completion: { kind: 'case-line' }, lines: said('ALL TESTS PASSED'), end: end() },
      { kind: 'pass' },
    ],
    [
      'and neither ends nor decides in time is a timeout, also with passes so far',
      { completion: deadline, tap: ktap('1..1', 'ok 1 a') },
      { kind: 'timeout', afterMs: 5_000, waitingFor: '`alarm_test` to end' },
    ],
  ])('%s', (_, signals, verdict) => {
    expect(judge({ ...nothing, ...signals }).verdict).toEqual(verdict);
  });
});

describe('what kills a machine comes before what its guest says', () => {
  const passed: Partial<CaseSignals> = {
    completion: { kind: 'case-line' },
    lines: said('ALL TESTS PASSED'),
    tap: ktap('1..1', 'ok 1 a'),
  };

  test.each<Row>([
    [
      'a panic beats exit status 0',
      { completion: ended(0), answers: true, panic },
      { kind: 'crash', cause: 'panic', title: panicTitle },
    ],
    [
      'a pass line before a panic is a crash',
      { ...passed, panic },
      { kind: 'crash', cause: 'panic', title: panicTitle },
    ],
    [
      'a panic beats a status that means a pass',
      { end: silentEnd(1), exitTable: { 1: 'pass' }, panic },
      { kind: 'crash', cause: 'panic', title: panicTitle },
    ],
    [
      'a panic says more than the reset that follows',
      { completion: { kind: 'cut-short' }, panic, end: end(reset) },
      { kind: 'crash', cause: 'panic', title: panicTitle },
    ],
    [
      'a panic says more than the deadline that nobody could keep',
      { completion: deadline, panic },
      { kind: 'crash', cause: 'panic', title: panicTitle },
    ],
    [
      'a panic told to the pvpanic device beats a pass',
      { ...passed, guestPanicked: true },
      { kind: 'crash', cause: 'guest-panicked', title: 'the guest reported a panic to its pvpanic device' },
    ],
    [
      'a panic line says more than the pvpanic device',
      { completion: { kind: 'cut-short' }, guestPanicked: true, panic },
      { kind: 'crash', cause: 'panic', title: panicTitle },
    ],
    [
      'a reset beats a pass line',
      { ...passed, end: end(reset) },
      {
        kind: 'crash',
        cause: 'reset',
        title: 'the machine reset (a triple fault, or a reboot that the guest asked for)',
      },
    ],
    [
      'a reset beats a status that means a pass: QEMU ends with 0 then',
      { end: end(reset), exitTable: { 0: 'pass' } },
      {
        kind: 'crash',
        cause: 'reset',
        title: 'the machine reset (a triple fault, or a reboot that the guest asked for)',
      },
    ],
    [
      'a power-off beats a missing answer',
      { completion: ended(0), answers: false, end: end() },
      { kind: 'crash', cause: 'shutdown', title: 'the guest powered off in the middle of the case' },
    ],
  ])('%s', (_, signals, verdict) => {
    expect(judge({ ...nothing, ...signals }).verdict).toEqual(verdict);
  });
});

describe('what is not the kernel’s doing is an error, whatever the guest said', () => {
  const fromOutside: readonly [string, MachineEnd, RegExp][] = [
    [
      'QEMU killed by SIGKILL',
      silentEnd(0, { exitCode: undefined, signal: 'SIGKILL' }),
      /^QEMU was ended by SIGKILL, not by the guest$/,
    ],
    [
      'QEMU fallen over itself',
      silentEnd(0, { exitCode: undefined, signal: 'SIGSEGV', stderr: 'warning\nqemu: assertion failed\n' }),
      /^QEMU was ended by SIGSEGV, not by the guest: qemu: assertion failed$/,
    ],
    [
      'QEMU told to end by a signal it follows',
      end({ shutdown: { guest: false, reason: 'host-signal' } }),
      /^QEMU was told to end from outside \(host-signal\)$/,
    ],
    [
      'an accelerator that gives up',
      end({ shutdown: { guest: false, reason: 'guest-panic' }, stderr: 'KVM internal error. Suberror: 1\n' }),
      /^QEMU itself failed: KVM internal error\. Suberror: 1$/,
    ],
    [
      'QEMU that exits by itself',
      silentEnd(1, { stderr: 'qemu: could not write' }),
      /^QEMU exited by itself with status 1: qemu: could not write$/,
    ],
  ];
  const guestWords: readonly Partial<CaseSignals>[] = [
    {},
    { panic },
    { guestPanicked: true },
    { completion: ended(0), answers: true },
    { completion: deadline },
    { completion: { kind: 'case-line' }, lines: said('ALL TESTS PASSED') },
    { completion: { kind: 'cut-short' }, tap: ktap('1..1', 'not ok 1 a') },
  ];

  test.each(fromOutside)('%s', (_, machineEnd, reason) => {
    for (const words of guestWords) {
      expect(judge({ ...nothing, ...words, end: machineEnd }).verdict).toMatchObject({
        kind: 'error',
        reason: expect.stringMatching(reason),
      });
    }
  });
});

describe('results that disagree', () => {
  test('leave the worse one, and a note that names who said what', () => {
    const { verdict, notes } = judge({ ...nothing, completion: ended(1), answers: true, tap: ktap('1..1', 'ok 1 a') });
    expect(verdict).toEqual({ kind: 'fail', reason: '`alarm_test` ended with status 1' });
    expect(notes).toEqual(['results disagree: exit status 1 says fail, KTAP says pass; the worse one holds']);
  });

  test('are told the other way round alike', () => {
    const { verdict, notes } = judge({
      ...nothing,
      completion: ended(0),
      answers: true,
      tap: ktap('1..1', 'not ok 1 a'),
    });
    expect(verdict).toEqual({ kind: 'fail', reason: '1 of 1 subtests failed: a' });
    expect(notes).toEqual(['results disagree: exit status 0 says pass, KTAP says fail; the worse one holds']);
  });

  test('may be of any protocols', () => {
    const lines = said('a ... ok', 'ALL TESTS PASSED');
    const { verdict, notes } = judge({ ...nothing, end: silentEnd(3), exitTable: { 3: 'crash' }, lines });
    expect(verdict.kind).toBe('crash');
    expect(notes).toEqual([
      'results disagree: QEMU exit status 3 says crash, line rules says pass; the worse one holds',
    ]);
  });

  test('are not made of two failures, or of a skip', () => {
    const both = judge({ ...nothing, completion: ended(1), answers: true, tap: ktap('1..1', 'not ok 1 a') });
    const skipped = judge({
      ...nothing,
      completion: ended(0),
      answers: true,
      tap: ktap('1..1', 'ok 1 a # SKIP no port'),
    });
    expect([both.notes, skipped.notes]).toEqual([[], []]);
  });
});

describe('interrupts that did not come', () => {
  const interrupts = { expected: { bounds: [{ name: 'irq', min: 1 }] }, totals: [] };
  const UNMET = 'interrupts: expected irq at least once; counted 0 irq, nothing else';

  test('fail a case whose command is content, and both are told', () => {
    const completion: Completion = { kind: 'command-ended', command: 'tick', status: 0 };
    expect(judge({ ...nothing, completion, answers: true, interrupts })).toEqual({
      verdict: { kind: 'fail', reason: UNMET },
      subtests: [],
      notes: ['results disagree: exit status 0 says pass, the interrupt log says fail; the worse one holds'],
    });
  });

  test('cannot be told where QEMU wrote no log: that is an error, and contradicts nobody', () => {
    const completion: Completion = { kind: 'command-ended', command: 'tick', status: 0 };
    const { verdict, notes } = judge({
      ...nothing,
      completion,
      answers: true,
      interrupts: { ...interrupts, totals: undefined },
    });
    expect([verdict.kind, notes]).toEqual(['error', []]);
  });

  test('are no reason beside a crash, and may be one for a wait that did not end', () => {
    const crashed = judge({ ...nothing, panic: report('PANIC: no'), interrupts });
    expect([crashed.verdict.kind, crashed.notes]).toEqual(['crash', []]);
    const late = judge({
      ...nothing,
      completion: { kind: 'deadline', afterMs: 5_000, waitingFor: '`tick` to end', note: 'it computed' },
      interrupts,
    });
    expect([late.verdict.kind, late.notes]).toEqual(['timeout', ['it computed', UNMET]]);
  });
});

test('a case all of whose subtests were skipped is skipped, though its status is 0', () => {
  const tap = ktap('1..2', 'ok 1 a # SKIP no port', 'ok 2 b # SKIP no port');
  const { verdict } = judge({ ...nothing, completion: ended(0), answers: true, tap });
  expect(verdict).toEqual({ kind: 'skip', because: 'no port' });
});

test('an incomplete report is a failure although every result in it is fine and the status is 0', () => {
  const { verdict, notes, subtests } = judge({
    ...nothing,
    completion: ended(0),
    answers: true,
    tap: ktap('1..3', 'ok 1 a'),
  });
  expect(verdict).toMatchObject({ kind: 'fail', reason: expect.stringMatching(/^incomplete KTAP: /) });
  expect(subtests).toEqual([{ name: 'a', verdict: { kind: 'pass' } }]);
  expect(notes.length).toBeGreaterThan(0);
});

test('subtests and their problems are told whatever the verdict', () => {
  const tap = ktap('1..3', 'ok 1 a');
  const { verdict, subtests, notes } = judge({ ...nothing, completion: { kind: 'cut-short' }, tap, panic });
  expect(verdict.kind).toBe('crash');
  expect(subtests.map(({ name }) => name)).toEqual(['a']);
  expect(notes).toEqual(tap.problems);
});

test('no signals pass without somebody who says so, and none pass once anything has killed the machine', () => {
  const status = fc.option(fc.constantFrom(0, 1, 139), { nil: undefined });
  const completion = fc.oneof(
    status.map(ended),
    fc.constantFrom<Completion>(
      deadline,
      { kind: 'machine-ended' },
      { kind: 'case-line' },
      { kind: 'cut-short' },
      { kind: 'no-such-program', program: 'x' },
      { kind: 'command-not-run', command: 'x', why: 'y' },
    ),
  );
  const ends = fc.option(
    fc.record({
      exitCode: fc.constantFrom(0, 1, 33, undefined),
      signal: fc.constantFrom(undefined, 'SIGKILL'),
      monitored: fc.boolean(),
      shutdown: fc.constantFrom(undefined, end().shutdown, reset.shutdown, { guest: false, reason: 'host-signal' }),
      stderr: fc.constantFrom('', 'qemu: fatal: no'),
    }),
    { nil: undefined },
  );
  const signals: fc.Arbitrary<CaseSignals> = fc.record({
    completion,
    panic: fc.constantFrom(undefined, panic),
    guestPanicked: fc.boolean(),
    end: ends,
    cascade: fc.constant(undefined),
    tap: fc.constantFrom(undefined, ktap(), ktap('1..1', 'ok 1 a'), ktap('1..1', 'not ok 1 a'), ktap('1..2', 'ok 1 a')),
    lines: fc.constantFrom(undefined, said(), said('ALL TESTS PASSED'), said('running a'), said('SOME TESTS FAILED')),
    exitTable: fc.constantFrom(undefined, { 33: 'pass' } as const, { 0: 'pass', 1: 'fail' } as const),
    answers: fc.constantFrom(undefined, true, false),
  });
  fc.assert(
    fc.property(signals, (seen) => {
      const { verdict } = judge(seen);
      expect(judge(seen).verdict).toEqual(verdict);
      if (verdict.kind !== 'pass') return;
      expect(seen).toMatchObject({ panic: undefined, guestPanicked: false });
      expect(seen.answers).not.toBe(false);
      expect(seen.end?.signal).toBeUndefined();
      expect(seen.end?.shutdown?.reason).not.toBe('guest-reset');
      expect(['command-ended', 'case-line', 'machine-ended']).toContain(seen.completion.kind);
      const sayers = [
        seen.completion.kind === 'command-ended' && seen.completion.status === 0,
        seen.end?.exitCode !== undefined && seen.exitTable?.[seen.end.exitCode as 0] === 'pass',
        seen.tap?.complete,
        seen.lines?.case?.kind === 'pass',
      ];
      expect(sayers).toContain(true);
    }),
    { numRuns: 5_000 },
  );
});
