import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeclarationError } from '../errors.ts';
import { hostileText } from '../testing/hostile-text.ts';
import { caseResult, runResults } from '../testing/results.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { parseResults, type RunResults, resultsJsonSchema } from './results.ts';

function complaintAbout(document: unknown): string {
  return complaintAboutText(JSON.stringify(document));
}

function complaintAboutText(text: string): string {
  try {
    parseResults(text, 'results.json');
  } catch (error) {
    expect(error).toBeInstanceOf(DeclarationError);
    return (error as DeclarationError).message;
  }
  return 'no complaint';
}

/** The document with one place in it changed. */
function changed(path: readonly (string | number)[], value: unknown): unknown {
  const document = JSON.parse(
    JSON.stringify(runResults({ results: [caseResult(), caseResult({ case: 'itimer_test' })] })),
  );
  const [last = '', ...above] = [...path].reverse();
  const parent = above.reverse().reduce((place, step) => place[step], document);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return document;
}

const number = fc.double({ min: 0, max: 1e9, noNaN: true }).map((value) => value + 0);

const verdict: fc.Arbitrary<Verdict> = fc.oneof(
  fc.constant<Verdict>({ kind: 'pass' }),
  fc.record({ kind: fc.constant('fail' as const), reason: hostileText }),
  fc.record({
    kind: fc.constant('crash' as const),
    cause: fc.constantFrom('panic' as const, 'exit' as const),
    title: hostileText,
  }),
  fc.record({ kind: fc.constant('timeout' as const), afterMs: number, waitingFor: hostileText }),
  fc.record({ kind: fc.constant('missing' as const), what: hostileText }),
  fc.record(
    {
      kind: fc.constant('expected-failure' as const),
      because: hostileText,
      issue: hostileText,
      actual: fc.record({ kind: fc.constant('fail' as const), reason: hostileText }),
    },
    { requiredKeys: ['kind', 'because', 'actual'] },
  ),
  fc.record(
    {
      kind: fc.constant('unexpected-pass' as const),
      because: hostileText,
      issue: hostileText,
      on: fc.array(hostileText, { maxLength: 2 }),
    },
    { requiredKeys: ['kind', 'because'] },
  ),
);

const attempt = fc.record(
  { verdict, durationMs: number, notes: fc.array(hostileText, { maxLength: 2 }), evidence: hostileText },
  { requiredKeys: ['verdict', 'durationMs', 'notes'] },
);

const anyResults: fc.Arbitrary<RunResults> = fc
  .array(
    fc.record(
      {
        suite: hostileText,
        case: hostileText,
        file: hostileText,
        environment: fc.constantFrom('linux/x86_64', 'linux/aarch64'),
        verdict,
        durationMs: number,
        subtests: fc.array(fc.record({ name: hostileText, verdict }), { maxLength: 3 }),
        stages: fc.array(fc.record({ name: hostileText, atMs: number }), { maxLength: 3 }),
        notes: fc.array(hostileText, { maxLength: 3 }),
        about: hostileText,
        startedAtMs: number,
        evidence: hostileText,
        attempts: fc.array(attempt, { minLength: 2, maxLength: 3 }),
      },
      {
        requiredKeys: ['suite', 'case', 'file', 'environment', 'verdict', 'durationMs', 'subtests', 'stages', 'notes'],
      },
    ),
    { maxLength: 5 },
  )
  .map((results) => runResults({ results }));

describe('parseResults', () => {
  it('gives back exactly what was written', () => {
    fc.assert(
      fc.property(anyResults, (results) => {
        expect(parseResults(JSON.stringify(results), 'results.json')).toEqual(JSON.parse(JSON.stringify(results)));
      }),
    );
  });

  it('takes a recorded run', () => {
    const text = readFileSync(new URL('samples/mixed.json', import.meta.url), 'utf8');
    expect(parseResults(text, 'mixed.json').results).toHaveLength(23);
  });

  it('names the file and the place of a wrong word, with the words there are', () => {
    expect(complaintAbout(changed(['results', 1, 'verdict', 'kind'], 'pas'))).toBe(
      'results.json: results[1].verdict.kind: expected "pass" | "fail" | "crash" | "hang" | "timeout" | "skip" | "missing" | "error" | "expected-failure" | "unexpected-pass", got "pas" (did you mean "pass"?)',
    );
  });

  it('names the place of a wrong type', () => {
    expect(complaintAbout(changed(['results', 0, 'durationMs'], '12'))).toBe(
      'results.json: results[0].durationMs: expected number, got "12"',
    );
    expect(complaintAbout(changed(['run', 'host', 'cpus'], undefined))).toBe(
      'results.json: run.host.cpus: expected number, got nothing',
    );
    expect(complaintAbout(changed(['results'], {}))).toBe('results.json: results: expected array, got {}');
  });

  it('names the place of a value out of range', () => {
    expect(complaintAbout(changed(['results', 0, 'durationMs'], -1))).toBe(
      'results.json: results[0].durationMs: expected number to be >=0, got -1',
    );
    expect(complaintAbout(changed(['run', 'startedAt'], 'today'))).toBe(
      'results.json: run.startedAt: expected an ISO 8601 date and time, got "today"',
    );
  });

  it('refuses a field that it would lose', () => {
    expect(complaintAbout(changed(['results', 0, 'verdict', 'why'], 'x'))).toBe(
      'results.json: results[0].verdict: unknown field "why"',
    );
  });

  it('refuses an expected failure that is none', () => {
    const verdict = { kind: 'expected-failure', because: 'x', actual: { kind: 'pass' } };
    expect(complaintAbout(changed(['results', 0, 'verdict'], verdict))).toBe(
      'results.json: results[0].verdict.actual.kind: expected "fail" | "crash" | "hang" | "timeout", got "pass"',
    );
  });

  it('refuses attempts that are but one: then there is nothing to tell', () => {
    const { verdict, durationMs, notes } = caseResult();
    expect(complaintAbout(changed(['results', 0, 'attempts'], [{ verdict, durationMs, notes }]))).toMatch(
      /^results\.json: results\[0\]\.attempts: expected array to have >=2 items, got /,
    );
  });

  it('refuses a result of an environment that the run does not list', () => {
    expect(complaintAbout(changed(['results', 1, 'environment'], 'linux/x86-64'))).toBe(
      'results.json: results[1].environment: expected "linux/x86_64" | "linux/aarch64", got "linux/x86-64" (did you mean "linux/x86_64"?)',
    );
  });

  it('refuses two environments of one name', () => {
    expect(complaintAbout(changed(['environments', 1, 'id'], 'linux/x86_64'))).toBe(
      'results.json: environments[1].id: "linux/x86_64" is there twice',
    );
  });

  it('refuses another version, and says nothing else about it', () => {
    expect(complaintAbout({ schema: 'twinboot-results/2', results: 'elsewhere' })).toBe(
      'results.json: schema: expected "twinboot-results/1", got "twinboot-results/2" (did you mean "twinboot-results/1"?); only results of this version can be read',
    );
    expect(complaintAbout([])).toMatch(/^results\.json: schema: expected "twinboot-results\/1", got nothing/);
    expect(complaintAbout(null)).toMatch(/^results\.json: schema: /);
  });

  it('refuses a file that is cut short, wherever it is cut', () => {
    const text = JSON.stringify(runResults({ results: [caseResult()] }));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: text.length - 1 }), (length) => {
        expect(complaintAboutText(text.slice(0, length))).toContain(
          `results.json: not JSON, or cut short after ${length} characters: `,
        );
      }),
    );
  });

  it('lists several places, and not hundreds', () => {
    const results = Array.from({ length: 20 }, () => ({ ...caseResult(), durationMs: null }));
    const lines = complaintAbout({ ...runResults(), results }).split('\n');
    expect(lines).toHaveLength(9);
    expect(lines[7]).toBe('results.json: results[7].durationMs: expected number, got null');
    expect(lines[8]).toBe('… and 12 more');
  });
});

describe('resultsJsonSchema', () => {
  it('describes the document for other programs', () => {
    expect(resultsJsonSchema()).toMatchObject({
      type: 'object',
      required: ['schema', 'run', 'environments', 'results', 'floors'],
      properties: { schema: { const: 'twinboot-results/1' } },
      additionalProperties: false,
    });
  });

  it('says what a verdict is once, for cases, subtests and attempts', () => {
    const text = JSON.stringify(resultsJsonSchema());
    expect(text.match(/#\/\$defs\/Verdict/g)).toHaveLength(3);
  });
});
