import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { visible } from '../lines/visible.ts';
import { hostileText } from '../testing/hostile-text.ts';
import { caseResult, runResults } from '../testing/results.ts';
import { renderJunit } from './junit.ts';
import type { RunResults } from './results.ts';

const LISTS = ['testsuite', 'testcase', 'property'];

interface Xml {
  readonly [name: string]: Xml & readonly Xml[] & string;
}

/** The document, after a check that it is one: well-formed, and of characters that XML 1.0 allows. */
function parsed(results: RunResults): Xml {
  const text = renderJunit(results, { reports: 'reports/latest' });
  expect(XMLValidator.validate(text)).toBe(true);
  expect(text).toMatch(/^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u);
  const options = { ignoreAttributes: false, attributeNamePrefix: '', parseAttributeValue: false, trimValues: false };
  const parser = new XMLParser({ ...options, cdataPropName: 'cdata', isArray: (name) => LISTS.includes(name) });
  return parser.parse(text).testsuites;
}

function onlyCase(results: RunResults): Xml | undefined {
  return parsed(results).testsuite?.[0]?.testcase?.[0];
}

describe('renderJunit', () => {
  it('has a testsuite for each environment and suite, with its counts and its time', () => {
    const document = parsed(
      runResults({
        results: [
          caseResult({ durationMs: 1_500 }),
          caseResult({ case: 'itimer_test', verdict: { kind: 'fail', reason: 'status 1' }, durationMs: 250 }),
          caseResult({ environment: 'linux/aarch64', verdict: { kind: 'error', reason: 'no QEMU' } }),
          caseResult({ suite: 'exec', verdict: { kind: 'skip', because: 'later' } }),
        ],
      }),
    );
    const counts = document.testsuite?.map(({ name, tests, failures, errors, skipped, time }) => [
      name,
      tests,
      failures,
      errors,
      skipped,
      time,
    ]);
    expect(counts).toEqual([
      ['linux/x86_64.signals', '2', '1', '0', '0', '1.75'],
      ['linux/aarch64.signals', '1', '0', '1', '0', '0.12'],
      ['linux/x86_64.exec', '1', '0', '0', '1', '0.12'],
    ]);
    expect(document).toMatchObject({ tests: '4', failures: '1', errors: '1', skipped: '1' });
  });

  it.each(['fail', 'crash', 'timeout', 'missing'] as const)('makes a failure of type %s', (kind) => {
    const verdicts = {
      fail: { kind: 'fail', reason: 'status 1' },
      crash: { kind: 'crash', cause: 'panic', title: 'PANIC' },
      timeout: { kind: 'timeout', afterMs: 1, waitingFor: 'a prompt' },
      missing: { kind: 'missing', what: '/bin/x' },
    } as const;
    const testCase = onlyCase(runResults({ results: [caseResult({ verdict: verdicts[kind] })] }));
    expect(testCase?.failure).toMatchObject({ type: kind });
    expect(testCase?.error).toBeUndefined();
  });

  it('tells a failure that is expected as pytest does: skipped, with its reason and its story', () => {
    const verdict = {
      kind: 'expected-failure',
      because: 'no port',
      issue: '#12',
      actual: { kind: 'crash', cause: 'panic', title: 'PANIC' },
    } as const;
    const document = parsed(runResults({ results: [caseResult({ verdict, evidence: 'evidence/x' })] }));
    expect(document).toMatchObject({ tests: '1', failures: '0', errors: '0', skipped: '1' });
    const testCase = document.testsuite?.[0]?.testcase?.[0];
    expect(testCase?.properties?.property).toEqual([{ name: 'because', value: 'no port, #12' }]);
    expect(testCase?.['system-out']?.cdata).toBe(
      'expected failure (no port, #12): crash (panic): PANIC\n[[ATTACHMENT|reports/latest/evidence/x]]',
    );
  });

  it('makes a failure of a pass that is not expected, with what to delete', () => {
    const verdict = { kind: 'unexpected-pass', because: 'no port', on: ['arm64'] } as const;
    expect(onlyCase(runResults({ results: [caseResult({ verdict })] }))?.failure).toMatchObject({
      type: 'unexpected-pass',
      message: 'unexpected pass: declared to fail (no port)',
      cdata: 'delete expectFailure: { on: "arm64", because: "no port" }',
    });
  });

  it('names the evidence as an attachment, below subtests and notes', () => {
    const result = caseResult({
      verdict: { kind: 'fail', reason: 'status 1' },
      subtests: [{ name: 'arms', verdict: { kind: 'pass' } }],
      notes: ['it happened during arms'],
      evidence: 'evidence/linux/x86_64/signals/alarm_test',
    });
    expect(onlyCase(runResults({ results: [result] }))?.['system-out']?.cdata).toBe(
      'arms: pass\nnote: it happened during arms\n[[ATTACHMENT|reports/latest/evidence/linux/x86_64/signals/alarm_test]]',
    );
  });

  const failed = { verdict: { kind: 'fail', reason: 'status 1\n]]>' }, durationMs: 90, notes: [] } as const;
  const broken = { verdict: { kind: 'error', reason: 'no QEMU' }, durationMs: 0, notes: [] } as const;
  const crashed = { verdict: { kind: 'crash', cause: 'panic', title: 'PANIC' }, durationMs: 95, notes: [] } as const;
  const passed = { verdict: { kind: 'pass' }, durationMs: 120, notes: [] } as const;

  it('tells a flaky case as Surefire does: passed, with what it did before', () => {
    const attempts = [{ ...failed, evidence: 'evidence/x' }, { ...crashed, evidence: 'evidence/x/attempt-2' }, passed];
    const document = parsed(runResults({ results: [caseResult({ attempts })] }));
    expect(document).toMatchObject({ tests: '1', failures: '0', errors: '0' });
    const testCase = document.testsuite?.[0]?.testcase?.[0];
    expect(testCase?.failure).toBeUndefined();
    expect(testCase?.flakyFailure).toMatchObject([
      { message: 'fail: status 1 / ]]>', type: 'fail', stackTrace: { cdata: 'status 1\n]]\\x3e' } },
      { message: 'crash (panic): PANIC', type: 'crash', stackTrace: { cdata: 'crash (panic): PANIC' } },
    ]);
    expect(testCase?.['system-out']?.cdata).toBe(
      '[[ATTACHMENT|reports/latest/evidence/x]]\n[[ATTACHMENT|reports/latest/evidence/x/attempt-2]]',
    );
  });

  it('tells the attempts of a case that never passed beside its failure', () => {
    const attempts = [
      { ...crashed, evidence: 'evidence/x' },
      { ...failed, evidence: 'evidence/x/attempt-2' },
    ];
    const result = caseResult({ verdict: failed.verdict, evidence: 'evidence/x/attempt-2', attempts });
    const document = parsed(runResults({ results: [result] }));
    expect(document).toMatchObject({ tests: '1', failures: '1' });
    const testCase = document.testsuite?.[0]?.testcase?.[0];
    expect(testCase?.failure).toMatchObject({ type: 'fail' });
    expect(testCase?.rerunFailure).toMatchObject({ type: 'crash' });
    expect(testCase?.flakyFailure).toBeUndefined();
    expect(testCase?.['system-out']?.cdata).toBe(
      '[[ATTACHMENT|reports/latest/evidence/x/attempt-2]]\n[[ATTACHMENT|reports/latest/evidence/x]]',
    );
  });

  it('tells an attempt that the infrastructure spoilt from one that failed', () => {
    const flaky = onlyCase(runResults({ results: [caseResult({ attempts: [broken, passed] })] }));
    expect(flaky?.flakyError).toMatchObject({ type: 'error', message: 'error: no QEMU' });
    const failing = caseResult({ verdict: failed.verdict, attempts: [broken, failed] });
    expect(onlyCase(runResults({ results: [failing] }))?.rerunError).toMatchObject({ type: 'error' });
  });

  it('fails a case for a floor that is not met, also of a suite that has no result', () => {
    const floor = { suite: 'network', environment: 'linux/aarch64', atLeast: 2, executed: 0 };
    const document = parsed(runResults({ floors: [floor] }));
    expect(document.testsuite?.[0]).toMatchObject({ name: 'linux/aarch64.network', failures: '1' });
    expect(document.testsuite?.[0]?.testcase?.[0]?.failure).toMatchObject({
      message: '0 cases executed, at least 2 declared',
    });
  });

  it('fails a case for a run that was cut short', () => {
    const { run } = runResults();
    expect(parsed(runResults({ run: { ...run, complete: false }, results: [caseResult()] }))).toMatchObject({
      tests: '2',
      failures: '1',
    });
  });

  it('writes the time of the run without zone and fraction, in UTC', () => {
    const { run } = runResults();
    const document = parsed(
      runResults({ run: { ...run, startedAt: '2026-01-31T01:30:00.5+02:00' }, results: [caseResult()] }),
    );
    expect(document.testsuite?.[0]?.timestamp).toBe('2026-01-30T23:30:00');
  });

  it('lets no text end a CDATA section early, however often it tries', () => {
    const reason = 'a]]>b]]>c]]]]>]]><![CDATA[';
    const testCase = onlyCase(
      runResults({ results: [caseResult({ verdict: { kind: 'fail', reason }, notes: [reason] })] }),
    );
    const shown = reason.replaceAll(']]>', ']]\\x3e');
    expect(testCase?.failure?.cdata).toBe(shown);
    expect(testCase?.['system-out']?.cdata).toBe(`note: ${shown}`);
  });

  it('is well-formed and keeps every case by its visible name, whatever the guest printed', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (name, said) => {
        const results = [
          caseResult({
            suite: name,
            case: said,
            about: name,
            file: said,
            verdict: { kind: 'fail', reason: said },
            notes: [name, said],
            evidence: said,
            attempts: [
              { verdict: { kind: 'crash', cause: 'panic', title: said }, durationMs: 1, notes: [said], evidence: name },
              { verdict: { kind: 'fail', reason: said }, durationMs: 1, notes: [] },
            ],
          }),
          caseResult({
            suite: name,
            case: name,
            verdict: { kind: 'error', reason: said },
            subtests: [{ name: said, verdict: { kind: 'pass' } }],
          }),
          caseResult({ suite: name, case: said, verdict: { kind: 'skip', because: said } }),
          caseResult({ suite: name, case: said, verdict: { kind: 'unexpected-pass', because: said, on: [name] } }),
          caseResult({
            suite: name,
            case: name,
            verdict: { kind: 'expected-failure', because: said, issue: name, actual: { kind: 'fail', reason: said } },
          }),
        ];
        const cases = parsed(runResults({ results })).testsuite?.[0]?.testcase;
        expect(cases?.map((testCase) => testCase.name)).toEqual(
          [said, name, said, said, name].map((text) => visible(text, 2_000)),
        );
      }),
    );
  });
});
