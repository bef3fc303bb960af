import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EnvironmentError } from '../errors.ts';
import { caseResult, runResults } from '../testing/results.ts';
import { parseResults } from './results.ts';
import { writeReports } from './write.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'twinboot-reports-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const results = runResults({ results: [caseResult()] });

describe('writeReports', () => {
  it('makes the folder and leaves three whole files and nothing else', () => {
    const dir = join(folder, 'reports', 'latest');
    const paths = writeReports(dir, results);
    expect(readdirSync(dir).sort()).toEqual(['junit.xml', 'parity.md', 'results.json']);
    expect(parseResults(readFileSync(paths.results, 'utf8'), paths.results)).toEqual(results);
    expect(readFileSync(paths.parity, 'utf8')).toMatch(/^# Parity report\n/);
    expect(readFileSync(paths.junit, 'utf8')).toMatch(/<\/testsuites>\n$/);
  });

  it('replaces the reports of the run before', () => {
    writeReports(folder, results);
    const { results: path } = writeReports(folder, runResults());
    expect(parseResults(readFileSync(path, 'utf8'), path).results).toEqual([]);
  });

  it('says that the folder cannot be written to, and leaves nothing unfinished', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => writeReports(join(folder, 'file', 'latest'), results)).toThrow(EnvironmentError);
    mkdirSync(join(folder, 'results.json', 'in-the-way'), { recursive: true });
    expect(() => writeReports(folder, results)).toThrow(/^The reports cannot be written to .*: /);
    expect(readdirSync(folder).sort()).toEqual(['file', 'results.json']);
  });
});
