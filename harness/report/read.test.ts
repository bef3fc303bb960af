import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { caseResult, runResults } from '../testing/results.ts';
import { readResults, withEvidenceFrom } from './read.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'twinboot-read-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const evidence = 'evidence/linux/x86_64/signals/alarm_test';
const attempts = [1, 2].map((index) => ({
  verdict: { kind: 'pass' as const },
  durationMs: 1,
  notes: [],
  evidence: `${evidence}/attempt-${index}`,
}));
const results = runResults({ results: [caseResult({ evidence, attempts }), caseResult({ case: 'b' })] });

function write(name: string, text = JSON.stringify(results)): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

describe('results that are named', () => {
  it('are read from their folder, or from the file', () => {
    const file = write('job/results.json');
    expect(readResults(path.dirname(file))).toMatchObject({ results, folder: path.dirname(file) });
    expect(readResults(file)).toMatchObject({ results, name: file, folder: path.dirname(file) });
  });

  it('are missing: what is there instead is told', () => {
    write('jobs/x86/results.json');
    write('jobs/arm/reports/latest/results.json');
    const jobs = path.join(folder, 'jobs');
    expect(() => readResults(path.join(folder, 'nowhere'))).toThrow(
      `${folder}/nowhere does not exist: expected results.json, or the folder of a run's reports`,
    );
    expect(() => readResults(jobs)).toThrow(
      `${jobs} has no results.json: expected the folder of a run's reports; there are results in ${jobs}/arm/reports/latest, ${jobs}/x86`,
    );
  });

  it('are cut short, or of another version: the file is named', () => {
    const text = JSON.stringify(results);
    const file = write('cut/results.json', text.slice(0, 200));
    expect(() => readResults(path.dirname(file))).toThrow(`${file}: not JSON, or cut short after 200 characters`);
    const other = write('other/results.json', text.replace('results/1', 'results/2'));
    expect(() => readResults(other)).toThrow(`${other}: schema: expected "twinboot-results/1"`);
  });
});

describe('evidence', () => {
  it('is found from another folder, that of each attempt too', () => {
    const file = write('job/results.json');
    for (const { evidence: place } of attempts) mkdirSync(path.join(folder, 'job', place), { recursive: true });
    const moved = withEvidenceFrom(readResults(file), path.join(folder, 'reports/merged'));
    const there = `../../job/${evidence}`;
    expect(moved.notices).toEqual([]);
    expect(moved.results.results[0]).toMatchObject({
      evidence: there,
      attempts: [{ evidence: `${there}/attempt-1` }, { evidence: `${there}/attempt-2` }],
    });
    expect(moved.results.results[1]).toEqual(results.results[1]);
  });

  it('that was deleted is not pointed at, and that is said', () => {
    const file = write('job/results.json');
    mkdirSync(path.join(folder, 'job', evidence, 'attempt-1'), { recursive: true });
    const { results: moved, notices } = withEvidenceFrom(readResults(file), folder);
    expect(notices).toEqual([`Evidence is not there any more in ${file}: ${evidence}/attempt-2.`]);
    expect(moved.results[0]?.evidence).toBe(`job/${evidence}`);
    expect(moved.results[0]?.attempts?.map(({ evidence: place }) => place)).toEqual([
      `job/${evidence}/attempt-1`,
      undefined,
    ]);
  });
});
