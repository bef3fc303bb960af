import { readFileSync } from 'node:fs';
import stripAnsi from 'strip-ansi';
import { describe, expect, it } from 'vitest';
import { caseResult, environment, runResults } from '../testing/results.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { renderJunit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import { mergeResults } from './merge/merge.ts';
import { buildModel } from './model.ts';
import { parityJson } from './parity-json.ts';
import { printableJson } from './printable-json.ts';
import { parseResults, type RunResults } from './results.ts';
import { renderTerminal } from './terminal.ts';

const reports = 'reports/latest';
const attachmentsOf = (evidence: string) => [`${reports}/${evidence}/verdict.txt`];

/** Whole runs and whole reports, to be read beside each other: samples/mixed.json becomes mixed.txt, mixed.md and mixed.xml. */
describe.each(['green', 'mixed', 'flaky', 'expected'])('the reports of the %s run', (name) => {
  const file = new URL(`samples/${name}.json`, import.meta.url);
  const results = parseResults(readFileSync(file, 'utf8'), `${name}.json`);
  const model = buildModel(results);

  it('is a table and what is wrong on a terminal', async () => {
    await expect(renderTerminal(model, { colour: false, reports })).toMatchFileSnapshot(`samples/${name}.txt`);
  });

  it('is a page in Markdown', async () => {
    await expect(renderMarkdown(model)).toMatchFileSnapshot(`samples/${name}.md`);
  });

  it('is a JUnit file', async () => {
    await expect(renderJunit(results, attachmentsOf)).toMatchFileSnapshot(`samples/${name}.xml`);
  });

  it('says the same in colour', () => {
    const coloured = renderTerminal(model, { colour: true, reports });
    expect(coloured).toContain('\x1b[');
    expect(stripAnsi(coloured)).toBe(renderTerminal(model, { colour: false, reports }));
  });
});

it('the mixed run’s parity is JSON, too', async () => {
  const text = readFileSync(new URL('samples/mixed.json', import.meta.url), 'utf8');
  const json = printableJson(parityJson(buildModel(parseResults(text, 'mixed.json')), undefined));
  await expect(json).toMatchFileSnapshot('samples/mixed.parity.json.txt');
});

/** The mixed run as jobs of a matrix would have made it, one of which was lost. */
describe('the reports of a merged run', () => {
  const text = readFileSync(new URL('samples/mixed.json', import.meta.url), 'utf8');
  const mixed = parseResults(text, 'mixed.json');
  const declared = mixed.environments.map(({ id }) => id);
  const jobOf = (id: string): RunResults => ({
    ...mixed,
    run: {
      ...mixed.run,
      id: `job-${id}`,
      scope: { declared, asked: [id], ...(id === declared[0] ? { shard: { index: 1, count: 2, cut: 'a' } } : {}) },
    },
    environments: mixed.environments.filter((environment) => environment.id === id),
    results: mixed.results.filter(({ environment }) => environment === id),
    floors: mixed.floors.filter(({ environment }) => environment === id),
  });
  const sources = declared.map((id) => ({ name: `jobs/${id}`, results: jobOf(id) }));
  const merged = mergeResults(sources, { expect: [], strict: true });

  it('say what is missing, and of which jobs they are', async () => {
    const model = buildModel(merged);
    await expect(renderTerminal(model, { colour: false, reports })).toMatchFileSnapshot('samples/merged.txt');
    await expect(renderMarkdown(model)).toMatchFileSnapshot('samples/merged.md');
    await expect(renderJunit(merged, attachmentsOf)).toMatchFileSnapshot('samples/merged.xml');
  });
});

const pass: Verdict = { kind: 'pass' };
const status = (name: string): Verdict => ({ kind: 'fail', reason: `\`${name}\` ended with status 1` });
const deadlock: Verdict = { kind: 'crash', cause: 'panic', title: 'PANIC: deadlock on ext2::root_fs' };

/** Cases with a verdict in each of some environments. */
function resultsIn(ids: readonly string[], cases: Readonly<Record<string, readonly Verdict[]>>) {
  return ids.flatMap((id, column) =>
    Object.entries(cases).flatMap(([path, verdicts]) => {
      const [suite = '', name = ''] = path.split('/');
      const verdict = verdicts[column];
      const evidence = verdict?.kind === 'pass' ? {} : { evidence: `evidence/${id}/${path}` };
      return verdict ? [caseResult({ suite, case: name, environment: id, verdict, ...evidence })] : [];
    }),
  );
}

describe('the reports of a kernel beside its oracle', () => {
  const ids = ['mykernel/x86_64', 'mykernel/aarch64', 'linux/x86_64', 'linux/aarch64'];
  const results = runResults({
    environments: ids.map((id) => ({ ...environment(id), ...(id.startsWith('linux') ? {} : { oracle: 'linux' }) })),
    results: resultsIn(ids, {
      'signals/alarm_test': [pass, status('alarm_test'), pass, pass],
      'signals/itimer_test': [pass, status('itimer_test'), pass, status('itimer_test')],
      'exec/argv_test': [pass, deadlock, pass, pass],
      'exec/which_test': [pass, deadlock, pass, pass],
    }),
  });

  it('say which test is at fault', async () => {
    const model = buildModel(results);
    await expect(renderTerminal(model, { colour: false, reports })).toMatchFileSnapshot('samples/oracle.txt');
    await expect(renderMarkdown(model)).toMatchFileSnapshot('samples/oracle.md');
  });
});

describe('the reports of eight environments', () => {
  const profiles = ['', '/smp', '/tiny', '/kvm'];
  const ids = ['x86_64', 'aarch64'].flatMap((arch) => profiles.map((profile) => `mykernel/${arch}${profile}`));
  const lacks = (id: string) => id.includes('aarch64') && id.endsWith('tiny');
  const results = runResults({
    environments: ids.map((id) =>
      environment(id, { network: lacks(id) ? { name: 'none', kind: 'none' } : { name: 'user', kind: 'user' } }),
    ),
    results: resultsIn(ids, {
      'signals/alarm_test': ids.map((id) => (id.includes('aarch64') ? status('alarm_test') : pass)),
      'network/http_test': ids.map((id) => (lacks(id) ? { kind: 'fail', reason: 'connect: ENETUNREACH' } : pass)),
      'exec/argv_test': ids.map((id) => (id.endsWith('smp') ? deadlock : pass)),
      'exec/which_test': ids.map((id) => (id.endsWith('smp') ? deadlock : pass)),
      'exec/exec_from_ext2_with_a_name_that_is_rather_long': ids.map(() => pass),
    }),
  });

  it('can be read at 80 columns', async () => {
    const text = renderTerminal(buildModel(results), { colour: false, reports });
    expect(text.split('\n').filter((line) => line.length > 80 && !line.includes('evidence/'))).toEqual([]);
    await expect(text).toMatchFileSnapshot('samples/eight.txt');
    await expect(renderMarkdown(buildModel(results))).toMatchFileSnapshot('samples/eight.md');
  });
});
