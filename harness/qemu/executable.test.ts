import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findExecutable } from './executable.ts';

let root: string;
const at = (...parts: string[]): string => path.join(root, ...parts);

beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'executable-'));
  for (const folder of ['first', 'second', 'first/a-folder']) mkdirSync(at(folder));
  for (const program of ['first/qemu', 'second/qemu', 'second/plain', 'second/a-folder']) {
    writeFileSync(at(program), '#!/bin/sh\n');
    chmodSync(at(program), 0o755);
  }
  writeFileSync(at('first/plain'), 'not executable');
  chmodSync(at('first/plain'), 0o644);
  symlinkSync(at('nowhere'), at('first/dangling'));
});
afterAll(() => rmSync(root, { recursive: true }));

describe('findExecutable', () => {
  const search = () => [at('missing'), at('first'), at('second')].join(path.delimiter);

  test('finds a program in the first folder that has it', () => {
    expect(findExecutable('qemu', search())).toBe(at('first/qemu'));
  });

  test('passes over files that may not be executed, and folders', () => {
    expect(findExecutable('plain', search())).toBe(at('second/plain'));
    expect(findExecutable('a-folder', search())).toBe(at('second/a-folder'));
  });

  test('takes a path as it is and does not search for it', () => {
    expect(findExecutable(at('second/qemu'), '')).toBe(at('second/qemu'));
    expect(findExecutable('first/qemu', root)).toBeUndefined();
  });

  test('finds nothing where there is nothing', () => {
    expect(findExecutable('no-such-program', search())).toBeUndefined();
    expect(findExecutable('dangling', search())).toBeUndefined();
    expect(findExecutable('qemu', '')).toBeUndefined();
  });

  test('searches the process’s own path', () => {
    expect(findExecutable('sh')).toMatch(/\/sh$/);
  });
});
