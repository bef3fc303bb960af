import { readFileSync } from 'node:fs';
import stripAnsi from 'strip-ansi';
import { describe, expect, it } from 'vitest';
import { renderJunit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import { mergeResults } from './merge/merge.ts';
import { buildModel } from './model.ts';
import { parseResults, type RunResults } from './results.ts';
import { renderTerminal } from './terminal.ts';

const reports = 'reports/latest';

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
    await expect(renderJunit(results, { reports })).toMatchFileSnapshot(`samples/${name}.xml`);
  });

  it('says the same in colour', () => {
    const coloured = renderTerminal(model, { colour: true, reports });
    expect(coloured).toContain('\x1b[');
    expect(stripAnsi(coloured)).toBe(renderTerminal(model, { colour: false, reports }));
  });
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
    await expect(renderJunit(merged, { reports })).toMatchFileSnapshot('samples/merged.xml');
  });
});
