import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ScratchFolder } from '../../testing/scratch-folder.ts';
import { EVIDENCE_LIMITS, EvidenceCollection, type EvidenceLimits } from './evidence-collection.ts';

let scratch: ScratchFolder;
beforeEach(() => {
  scratch = new ScratchFolder();
});
afterEach(() => scratch[Symbol.dispose]());

function keep(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(scratch.at(folder), { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(scratch.at(folder, name), content);
}

const collection = (limits: EvidenceLimits = EVIDENCE_LIMITS) =>
  new EvidenceCollection(scratch.path, 'reports/latest', limits);

/** The files of a block by name. */
function unpacked({ documents, blocks }: EvidenceCollection, index: number): Record<string, string> {
  const bytes = inflateSync(Buffer.from(blocks[index] ?? '', 'base64'));
  let position = 0;
  const files = documents[index]?.files.map(({ name, bytes: length }) => {
    const content = bytes.subarray(position, position + length).toString('latin1');
    position += length;
    return [name, content] as const;
  });
  return Object.fromEntries(files ?? []);
}

/** That does not compress. */
function noise(length: number): string {
  let state = 1;
  const next = () => {
    state = (state * 48_271) % 2_147_483_647;
    return String.fromCharCode(state & 0x7f);
  };
  return Array.from({ length }, next).join('');
}

describe('the evidence of a report', () => {
  test('is what a page can show, and how to see it again', () => {
    keep('evidence/a', { 'verdict.txt': 'fail', 'console-user.log': 'hello\n', 'machine.json': '{}', 'core.bin': 'x' });
    symlinkSync('/etc/passwd', scratch.at('evidence/a/other.txt'));
    const evidence = collection();
    expect(evidence.add('evidence/a')).toBe(0);
    expect(evidence.documents).toEqual([
      {
        folder: 'reports/latest/evidence/a',
        reproduce: 'npx twinboot debug reports/latest/evidence/a',
        files: [
          { name: 'console-user.log', bytes: 6 },
          { name: 'verdict.txt', bytes: 4 },
        ],
        lacks: [],
      },
    ]);
    expect(unpacked(evidence, 0)).toEqual({ 'console-user.log': 'hello\n', 'verdict.txt': 'fail' });
  });

  test('of a machine that a launcher started names the script', () => {
    keep('evidence/a', { 'reproduce.sh': '#!/bin/sh\n' });
    const evidence = collection();
    evidence.add('evidence/a');
    expect(evidence.documents[0]?.reproduce).toBe('sh reports/latest/evidence/a/reproduce.sh');
  });

  test('that is not there any more says so', () => {
    const evidence = collection();
    evidence.add('evidence/gone');
    expect(evidence.documents).toEqual([
      { folder: 'reports/latest/evidence/gone', files: [], lacks: ['The folder is not there any more.'] },
    ]);
    expect(evidence.blocks).toEqual(['']);
  });

  test('of a long file is its beginning and its end, with a line between them that says so', () => {
    keep('evidence/a', { 'console-user.log': `begin${'.'.repeat(2_048)}the end` });
    const evidence = collection({ ...EVIDENCE_LIMITS, file: 20 });
    evidence.add('evidence/a');
    expect(unpacked(evidence, 0)['console-user.log']).toBe(
      'begin\n[2 KiB are left out here: the file in the folder has them]\n........the end',
    );
  });

  test('of a report that is full is what is small, then nothing, and it says where the rest is', () => {
    for (const name of ['a', 'b', 'c'])
      keep(`evidence/${name}`, { 'console-user.log': noise(3_000), 'x.txt': noise(200) });
    const evidence = collection({ file: 10_000, report: 4_100, small: 1_000 });
    for (const name of ['a', 'b', 'c']) evidence.add(`evidence/${name}`);
    expect(evidence.documents.map(({ files }) => files.map(({ name }) => name))).toEqual([
      ['console-user.log', 'x.txt'],
      ['x.txt'],
      [],
    ]);
    expect(evidence.documents.map(({ lacks }) => lacks)).toEqual([
      [],
      ['The report is full (4 KiB of evidence): only the folder has console-user.log.'],
      ['The report is full (4 KiB of evidence): only the folder has console-user.log, x.txt.'],
    ]);
    expect(evidence.blocks.join('').length).toBeLessThanOrEqual(4_100);
  });

  test('has names that cannot be mistaken', () => {
    keep(path.join('evidence', 'a'), { '\u202etxt.txt': 'x' });
    const evidence = collection();
    evidence.add('evidence/a');
    expect(evidence.documents[0]?.files[0]?.name).toBe('\\u202etxt.txt');
  });
});
