import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StreamLog } from '../machine/stream-log.ts';
import { hostileText } from '../testing/hostile-text.ts';
import { folderName, interruptLogNotes, keepInterruptLog, writeEvidence } from './folder.ts';

/** Whether a text survives UTF-8: lone surrogates do not, and no file can be named after one. */
function isWellFormed(text: string): boolean {
  return Buffer.from(text).toString() === text;
}

describe('a folder’s name', () => {
  test.each(['signals', 'linux', 'x86_64', 'a.b-c_d', 'x'.repeat(80)])(
    'is the text itself where that names a folder: %s',
    (text) => {
      expect(folderName(text)).toBe(text);
    },
  );

  test.each([
    ['alarm() fires', /^alarm-fires-[0-9a-f]{8}$/],
    ['SIGTERM ends a child', /^SIGTERM-ends-a-child-[0-9a-f]{8}$/],
    ['../../etc/passwd', /^etc-passwd-[0-9a-f]{8}$/],
    ['.hidden', /^hidden-[0-9a-f]{8}$/],
    ['..', /^-[0-9a-f]{8}$/],
    ['', /^-[0-9a-f]{8}$/],
    ['日本語', /^-[0-9a-f]{8}$/],
    ['x'.repeat(81), /^x{60}-[0-9a-f]{8}$/],
  ])('is near the text where it does not: %j', (text, name) => {
    expect(folderName(text)).toMatch(name);
  });

  test('is short, one path component, and no way out of its parent, whatever the text', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const name = folderName(text);
        expect(name).toMatch(/^[A-Za-z0-9._-]{1,80}$/);
        expect(path.join('/evidence', name)).toBe(`/evidence/${name}`);
        expect(name).not.toMatch(/^\.{1,2}$/);
        expect(folderName(text)).toBe(name);
      }),
      { examples: [[''], ['.'], ['..'], ['a/b'], ['-'], ['--']] },
    );
  });

  test('differs for texts that differ', () => {
    const texts = ['a b', 'a-b', 'a  b', 'a/b', 'a.b', 'A b', `${'x'.repeat(90)}1`, `${'x'.repeat(90)}2`];
    expect(new Set(texts.map(folderName)).size).toBe(texts.length);
    fc.assert(
      fc.property(hostileText, hostileText, (a, b) => {
        fc.pre(isWellFormed(a) && isWellFormed(b));
        expect(folderName(a) === folderName(b)).toBe(a === b);
      }),
    );
  });
});

describe('the interrupt log of a machine', () => {
  test('is kept whole beside the rest, in a folder that need not be there', () => {
    const parent = mkdtempSync(path.join(tmpdir(), 'evidence-'));
    const folder = path.join(parent, 'linux/x86_64/signals/alarm');
    const interruptLog = new StreamLog(path.join(parent, 'run'), 16);
    interruptLog.write('CPU Reset (CPU 0)\n');
    keepInterruptLog(folder, { interruptLog });
    expect(readFileSync(path.join(folder, 'interrupts-whole.log'), 'utf8')).toMatch(
      /^CPU Reset \(CPU 0\n\[the log ends/,
    );
    expect(interruptLogNotes({ interruptLog })).toEqual([
      'interrupts-whole.log is not whole: the first 16 B of 18 B are kept',
    ]);
    interruptLog.destroy();
    rmSync(parent, { recursive: true });
  });

  test('is nothing where the plan keeps none', () => {
    keepInterruptLog('/nowhere/at/all', { interruptLog: undefined });
    expect(interruptLogNotes({ interruptLog: undefined })).toEqual([]);
  });
});

describe('the evidence of a case without a machine', () => {
  test('is its verdict', () => {
    const parent = mkdtempSync(path.join(tmpdir(), 'evidence-'));
    const folder = path.join(parent, 'linux/x86_64/signals/alarm');
    writeEvidence(folder, 'error: QEMU is not installed', undefined, undefined);
    expect(readFileSync(path.join(folder, 'verdict.txt'), 'utf8')).toBe('error: QEMU is not installed\n');
    expect(existsSync(path.join(folder, 'reproduce.sh'))).toBe(false);
    rmSync(parent, { recursive: true });
  });
});
