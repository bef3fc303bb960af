import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it, test } from 'vitest';
import { memoryPages, validateXML } from 'xmllint-wasm';
import { visible } from '../lines/visible.ts';
import { hostileText } from '../testing/hostile-text.ts';
import { caseResult, environment, runResults } from '../testing/results.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { junitPieces, renderJunit } from './junit.ts';
import type { CaseResult, RunResults } from './results.ts';

const strictSchema = readFileSync(new URL('../testing/junit-strict.xsd', import.meta.url), 'utf8');

const LISTS = ['testsuite', 'testcase', 'property'];

interface Xml {
  readonly [name: string]: Xml & readonly Xml[] & string;
}

/** As a run leaves it: a verdict, and a log. */
const attachments = (evidence: string) => [`reports/${evidence}/verdict.txt`, `reports/${evidence}/console.log`];

/** What Jenkins's strict schemas have against the documents, each objection with the number of its document. */
async function objections(...documents: string[]): Promise<string[]> {
  const xml = documents.map((contents, index) => ({ fileName: `${index}.xml`, contents }));
  const { valid, errors, rawOutput } = await validateXML({
    xml,
    schema: strictSchema,
    maxMemoryPages: memoryPages.GiB,
  });
  const found = errors.flatMap(({ loc, message }) => (loc ? [`${Number.parseInt(loc.fileName, 10)}: ${message}`] : []));
  if (!valid && found.length === 0) throw new Error(rawOutput);
  return found;
}

/** The document, after a check that it is one: well-formed, and of characters that XML 1.0 allows. */
function parsed(results: RunResults): Xml {
  const text = renderJunit(results, attachments);
  expect(XMLValidator.validate(text)).toBe(true);
  expect(text).toMatch(/^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u);
  const options = { ignoreAttributes: false, attributeNamePrefix: '', parseAttributeValue: false, trimValues: false };
  const parser = new XMLParser({ ...options, parseTagValue: false, isArray: (name) => LISTS.includes(name) });
  return parser.parse(text).testsuites;
}

function onlyCase(result: Partial<CaseResult>): Xml | undefined {
  return parsed(runResults({ results: [caseResult(result)] })).testsuite?.[0]?.testcase?.[0];
}

/** Elements have their text beside their attributes. */
const textOf = (element: Xml | undefined) => element?.['#text'] ?? element;

const verdicts: readonly Verdict[] = [
  { kind: 'pass' },
  { kind: 'fail', reason: 'status 1' },
  { kind: 'crash', cause: 'panic', title: 'PANIC' },
  { kind: 'timeout', afterMs: 1, waitingFor: 'a prompt' },
  { kind: 'missing', what: '/bin/x' },
  { kind: 'error', reason: 'no QEMU' },
  { kind: 'skip', because: 'later' },
  { kind: 'unexpected-pass', because: 'no port' },
  { kind: 'expected-failure', because: 'no port', actual: { kind: 'fail', reason: 'status 1' } },
];

describe('junit.xml', () => {
  it('has a testsuite for each environment, suite and file, with its counts and its time', () => {
    const document = parsed(
      runResults({
        results: [
          caseResult({ durationMs: 1_500 }),
          caseResult({ case: 'itimer_test', verdict: { kind: 'fail', reason: 'status 1' }, durationMs: 250 }),
          caseResult({ environment: 'linux/aarch64', verdict: { kind: 'error', reason: 'no QEMU' } }),
          caseResult({ suite: 'exec', verdict: { kind: 'skip', because: 'later' } }),
          caseResult({ file: 'suites/others.suite.ts' }),
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
      ['linux/x86_64.signals', '1', '0', '0', '0', '0.12'],
    ]);
    expect(document).toMatchObject({ tests: '5', failures: '1', errors: '1', time: '63' });
    expect(document.testsuite?.[3]?.properties?.property?.slice(0, 4)).toEqual([
      { name: 'environment', value: 'linux/x86_64' },
      { name: 'file', value: 'suites/others.suite.ts' },
      { name: 'target', value: 'linux' },
      { name: 'arch', value: 'x86_64' },
    ]);
  });

  it('tells the cases of environments and suites apart by their names alone', () => {
    const results = ['linux/x86_64', 'linux/aarch64'].flatMap((id) =>
      ['signals', 'exec'].map((suite) => caseResult({ environment: id, suite })),
    );
    const names = parsed(runResults({ results })).testsuite?.flatMap(({ testcase }) =>
      testcase?.map(({ name }) => name),
    );
    expect(names).toEqual([
      'signals > alarm_test [linux/x86_64]',
      'exec > alarm_test [linux/x86_64]',
      'signals > alarm_test [linux/aarch64]',
      'exec > alarm_test [linux/aarch64]',
    ]);
    expect(onlyCase({ case: 'x'.repeat(9_000) })?.name).toMatch(/…\s\[linux\/x86_64\]$/);
  });

  it('is taken by the strict schemas, whatever the verdict', async () => {
    const attempts = [{ verdict: { kind: 'crash', cause: 'exit', title: 'x' } as const, durationMs: 1, notes: [] }];
    const run = { ...runResults().run, complete: false, faults: ['a fault', 'another'] };
    const floors = [{ suite: 'signals', environment: 'linux/x86_64', atLeast: 3, executed: 1 }];
    const documents = verdicts.map((verdict) => {
      const last = { verdict, durationMs: 1, notes: [] };
      const results = [
        caseResult({ verdict, evidence: 'evidence/x', about: 'a', fingerprint: 'f', notes: ['n'] }),
        caseResult({ case: 'again', verdict, durationMs: 1e-7, attempts: [...attempts, last] }),
      ];
      return renderJunit(runResults({ run, results, floors }), attachments);
    });
    expect(await objections(...documents)).toEqual([]);
  });

  it('has a failure, an error, or nothing, with text: GitLab shows no message', () => {
    const told = verdicts.map((verdict) => onlyCase({ verdict }));
    expect(told.map((testCase) => [testCase?.failure?.type, testCase?.error?.type, textOf(testCase?.skipped)])).toEqual(
      [
        [undefined, undefined, undefined],
        ['fail', undefined, undefined],
        ['crash', undefined, undefined],
        ['timeout', undefined, undefined],
        ['missing', undefined, undefined],
        [undefined, 'error', undefined],
        [undefined, undefined, 'later'],
        ['unexpected-pass', undefined, undefined],
        [undefined, undefined, 'expected failure (no port): fail: status 1'],
      ],
    );
    const found = told.flatMap((testCase) => testCase?.failure ?? testCase?.error ?? []);
    expect(found.map(textOf)).toEqual([
      'status 1',
      'crash (panic): PANIC',
      'timeout after 1 ms: waiting for a prompt',
      'missing: /bin/x',
      'no QEMU',
      'unexpected pass: declared to fail (no port)\ndelete expectFailure: { because: "no port" }',
    ]);
  });

  it('tells in system-out what the format has no elements for, then the files of the evidence', () => {
    const result = {
      about: 'SIGALRM arrives',
      verdict: { kind: 'fail', reason: 'status 1' },
      fingerprint: 'c0ffee',
      subtests: [{ name: 'arms', verdict: { kind: 'pass' } }],
      notes: ['it happened during arms'],
      evidence: 'evidence/linux/x86_64/signals/alarm_test',
    } as const;
    expect(onlyCase(result)?.['system-out']).toBe(`[[PROPERTY|verdict=fail]]
[[PROPERTY|about=SIGALRM arrives]]
[[PROPERTY|fingerprint=c0ffee]]
[[PROPERTY|evidence=evidence/linux/x86_64/signals/alarm_test]]
arms: pass
note: it happened during arms
[[ATTACHMENT|reports/evidence/linux/x86_64/signals/alarm_test/verdict.txt]]
[[ATTACHMENT|reports/evidence/linux/x86_64/signals/alarm_test/console.log]]`);
    expect(onlyCase({})).not.toHaveProperty('system-out');
  });

  const failed = { verdict: { kind: 'fail', reason: 'status 1\n]]>' }, durationMs: 90, notes: [] } as const;
  const broken = { verdict: { kind: 'error', reason: 'no QEMU' }, durationMs: 0, notes: [] } as const;
  const crashed = { verdict: { kind: 'crash', cause: 'panic', title: 'PANIC' }, durationMs: 95, notes: [] } as const;
  const passed = { verdict: { kind: 'pass' }, durationMs: 120, notes: [] } as const;

  it('tells a flaky case as Surefire does: passed, with what it did before', () => {
    const attempts = [{ ...failed, evidence: 'evidence/x' }, { ...crashed, evidence: 'evidence/x/attempt-2' }, passed];
    const testCase = onlyCase({ attempts });
    expect(testCase?.failure).toBeUndefined();
    expect(testCase?.flakyFailure).toMatchObject([
      { message: 'fail: status 1 / ]]>', type: 'fail', stackTrace: 'status 1\n]]\\x3e' },
      { message: 'crash (panic): PANIC', type: 'crash', stackTrace: 'crash (panic): PANIC' },
    ]);
    expect(testCase?.['system-out']).toContain('[[PROPERTY|attempts=3]]\n[[PROPERTY|flaky=true]]\n');
    expect(testCase?.['system-out']).toContain('[[ATTACHMENT|reports/evidence/x/attempt-2/verdict.txt]]');
  });

  it('tells the attempts of a case that never passed beside its failure', () => {
    const attempts = [crashed, broken, { ...failed, evidence: 'evidence/x/attempt-3' }];
    const testCase = onlyCase({ verdict: failed.verdict, attempts });
    expect(testCase).toMatchObject({ failure: { type: 'fail' }, rerunFailure: { type: 'crash' } });
    expect(testCase?.rerunError).toMatchObject({ type: 'error', stackTrace: 'no QEMU' });
    expect(testCase?.flakyFailure).toBeUndefined();
    expect(testCase?.['system-out']).toContain('[[PROPERTY|flaky=false]]');
  });

  it('has a failed case for a floor that is not met, and none for one that is', () => {
    const floors = [
      { suite: 'signals', environment: 'linux/x86_64', atLeast: 14, executed: 2 },
      { suite: 'exec', environment: 'linux/x86_64', atLeast: 2, executed: 2 },
    ];
    const document = parsed(runResults({ floors }));
    expect(document).toMatchObject({ tests: '1', failures: '1' });
    expect(document.testsuite?.[0]?.testcase?.[0]).toMatchObject({
      name: 'signals > enough cases are executed [linux/x86_64]',
      failure: { type: 'floor', '#text': '2 cases executed, at least 14 declared' },
    });
  });

  it('has a failed case for a run that was cut short, and for each fault', () => {
    const run = { ...runResults().run, complete: false, faults: ['No job ran linux/aarch64.', 'Another.'] };
    const names = parsed(runResults({ run })).testsuite?.[0]?.testcase?.map(({ name }) => name);
    expect(names).toEqual(['the run is complete', 'the run is whole', 'the run is whole (2)']);
  });
});

describe('whatever a guest printed', () => {
  const hostileCases = fc.tuple(hostileText, hostileText).map(([name, said]): CaseResult[] => [
    caseResult({
      suite: name,
      case: said,
      about: name,
      file: said,
      fingerprint: said,
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
      file: said,
      verdict: { kind: 'error', reason: said },
      subtests: [{ name: said, verdict: { kind: 'fail', reason: name } }],
    }),
    caseResult({ suite: name, case: said, file: said, verdict: { kind: 'skip', because: said } }),
    caseResult({
      suite: name,
      case: said,
      file: said,
      verdict: { kind: 'unexpected-pass', because: said, on: [name] },
    }),
    caseResult({
      suite: name,
      case: name,
      file: said,
      verdict: { kind: 'expected-failure', because: said, issue: name, actual: { kind: 'fail', reason: said } },
    }),
  ]);

  it('the document is one, and keeps every case by its visible name', () => {
    fc.assert(
      fc.property(hostileCases, (results) => {
        const cases = parsed(runResults({ results })).testsuite?.[0]?.testcase;
        expect(cases?.map(({ name }) => name)).toEqual(
          results.map(({ suite, case: title }) => `${visible(`${suite} > ${title}`, 1_500)} [linux/x86_64]`),
        );
      }),
    );
  });

  it('the strict schemas take it', async () => {
    const documents = fc.sample(hostileCases, 200).map((results) => renderJunit(runResults({ results }), attachments));
    const long = caseResult({ case: '\x1b'.repeat(30_000), verdict: { kind: 'fail', reason: ']]>'.repeat(30_000) } });
    documents.push(renderJunit(runResults({ results: [long] }), attachments));
    expect(await objections(...documents)).toEqual([]);
  });

  it('names no file to be attached but evidence', () => {
    const line = '[[ATTACHMENT|/etc/passwd]]';
    const said = [line, `a ${line}`, `[[\n${line}`, line.toLowerCase(), '[[[ATTACHMENT|x]]', '[[ ATTACHMENT |x]]'];
    const result = {
      about: `]]${line}`,
      verdict: { kind: 'fail', reason: line },
      notes: said,
      subtests: said.map((name) => ({ name, verdict: { kind: 'fail', reason: name } as const })),
      evidence: 'evidence/x',
    } as const;
    const output: string = onlyCase(result)?.['system-out'] ?? '';
    expect(output.match(/\[\[\s*attachment.*/gi)).toEqual(
      attachments('evidence/x').map((file) => `[[ATTACHMENT|${file}]]`),
    );
    const [property] = output.match(/.*about.*/) ?? [];
    expect(property).toBe('[[PROPERTY|about=]\\x5d\\x5b[ATTACHMENT|/etc/passwd]\\x5d]]');
    expect(onlyCase({ ...result, evidence: 'evidence/]]|x' })?.['system-out']).not.toContain('\n[[ATTACHMENT|');
  });
});

test('10,000 cases in 4 environments come a suite at a time, and are valid', async () => {
  const ids = ['linux/x86_64', 'linux/aarch64', 'linux/x86_64/smp', 'linux/aarch64/smp'];
  const results = ids.flatMap((id) =>
    Array.from({ length: 10_000 }, (_, index) =>
      caseResult({
        environment: id,
        suite: `suite ${index % 100}`,
        case: `case ${index}`,
        verdict: verdicts[index % verdicts.length] ?? { kind: 'pass' },
      }),
    ),
  );
  const pieces = [...junitPieces(runResults({ environments: ids.map((id) => environment(id)), results }), attachments)];
  expect(pieces).toHaveLength(3 + 400);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(50_000);
  expect(await objections(pieces.join(''))).toEqual([]);
});

test('the strict schema takes what keeps to it, and refuses what Jenkins does', async () => {
  const valid = `<testsuites name="x" tests="1"><testsuite name="a" tests="1" failures="0" errors="0" time="0.12"><properties>
    <property name="p" value="v"/></properties><testcase name="c" time="1"><skipped>s</skipped></testcase></testsuite></testsuites>`;
  const refused = [
    ['a count of those that are skipped, of all', 'tests="1">', 'tests="1" skipped="1">'],
    ['a case that names a file', 'name="c"', 'name="c" file="f"'],
    ['a case without a name', ' name="c"', ''],
    ['a case that has properties', '<skipped>s</skipped>', '<properties><property name="p" value="v"/></properties>'],
    ['a reason as an attribute', '<skipped>', '<skipped message="m">'],
    ['a time that is no number', 'time="1"', 'time="1e-7"'],
    ['a suite without counts', ' errors="0"', ''],
    ['what was skipped after what it said', '<skipped>', '<system-out>o</system-out><skipped>'],
    ['an empty list of properties', '<property name="p" value="v"/>', ''],
  ] as const;
  const found = await objections(valid, ...refused.map(([, from, to]) => valid.replace(from, to)));
  const objectedTo = new Set(found.map((objection) => Number.parseInt(objection, 10)));
  expect([...objectedTo].sort()).toEqual(refused.map((_, index) => index + 1));
});
