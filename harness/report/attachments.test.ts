import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { attachmentsIn } from './attachments.ts';

let reports = '';
beforeEach(() => {
  reports = mkdtempSync(path.join(tmpdir(), 'twinboot-attachments-'));
});
afterEach(() => rmSync(reports, { recursive: true, force: true }));

function write(evidence: string, ...names: string[]): void {
  mkdirSync(path.join(reports, evidence), { recursive: true });
  for (const name of names) writeFileSync(path.join(reports, evidence, name), '');
}

test('are the files that a person looks at, the verdict first, and no folder', () => {
  write('evidence/x', 'console.log', 'backtraces.txt', 'interrupts-whole.log', 'verdict.txt', 'reproduce.sh');
  write('evidence/x/attempt-2', 'verdict.txt');
  const here = path.relative('', path.join(reports, 'evidence/x'));
  expect(attachmentsIn(reports, {})('evidence/x')).toEqual(
    ['verdict.txt', 'console.log', 'backtraces.txt'].map((name) => `${here}/${name}`),
  );
});

test('of evidence that is not there any more there are none', () => {
  expect(attachmentsIn(reports, {})('evidence/gone')).toEqual([]);
});

test('are relative to what the CI system has checked out, where that is around the project', () => {
  write('x', 'verdict.txt');
  const parent = path.dirname(process.cwd());
  const from = (folder: string) => [path.relative(folder, path.join(reports, 'x/verdict.txt'))];
  expect(attachmentsIn(reports, { CI_PROJECT_DIR: parent })('x')).toEqual(from(parent));
  expect(attachmentsIn(reports, { WORKSPACE: parent })('x')).toEqual(from(parent));
  expect(attachmentsIn(reports, { CI_PROJECT_DIR: reports, WORKSPACE: 'relative' })('x')).toEqual(from(process.cwd()));
});
