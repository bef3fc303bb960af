import { readFileSync } from 'node:fs';
import stripAnsi from 'strip-ansi';
import { describe, expect, it } from 'vitest';
import { renderJunit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import { buildModel } from './model.ts';
import { parseResults } from './results.ts';
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
