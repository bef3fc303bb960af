import { copyFileSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ScratchFolder } from '../../testing/scratch-folder.ts';
import { digestOf } from './file-digest.ts';
import {
  describeFrozen,
  isComplete,
  isStateIntact,
  manifestFile,
  readManifest,
  type TemplateManifest,
  touchManifest,
  writeManifest,
} from './manifest.ts';

let scratch: ScratchFolder;
let manifest: TemplateManifest;

beforeEach(async () => {
  scratch = new ScratchFolder();
  writeFileSync(scratch.at('ram'), 'what the guest remembers');
  writeFileSync(scratch.at('state'), 'what its devices remember');
  manifest = {
    kind: 'template',
    label: 'linux/aarch64',
    machine: '/kernel, 2 vCPUs, 256 MiB',
    createdAt: '2026-01-31T12:00:00.000Z',
    qemu: '7.2.22',
    files: ['ram', 'state'].map((name) => describeFrozen(scratch.path, name)),
    stateDigest: await digestOf(scratch.at('state')),
    ready: { continuation: '> ' },
  };
});
afterEach(() => scratch[Symbol.dispose]());

test('a manifest reads as it was written, and leaves no draft', () => {
  writeManifest(scratch.path, manifest);
  expect(readManifest(scratch.path)).toEqual(manifest);
  expect(readdirSync(scratch.path).sort()).toEqual(['manifest.json', 'ram', 'state']);
  expect(statSync(manifestFile(scratch.path)).mode & 0o777).toBe(0o600);
});

test.for([
  ['is missing', undefined],
  ['is cut short', '{"kind":'],
  ['is of another version', '{"kind":"template","label":"linux/aarch64"}'],
  ['says more than this version knows', '{"kind":"unclonable","label":"a","machine":"m","because":"b","more":1}'],
] as const)('one that %s is none', ([, text]) => {
  if (text !== undefined) writeFileSync(manifestFile(scratch.path), text);
  expect(readManifest(scratch.path)).toBeUndefined();
});

test('touching one makes it used now; one that is gone stays so', () => {
  writeManifest(scratch.path, manifest);
  utimesSync(manifestFile(scratch.path), 1, 1);
  touchManifest(scratch.path);
  expect(statSync(manifestFile(scratch.path)).mtimeMs).toBeGreaterThan(1_000_000);
  rmSync(manifestFile(scratch.path));
  touchManifest(scratch.path);
  expect(readManifest(scratch.path)).toBeUndefined();
});

describe('a template is complete', () => {
  test('while its files are what they were', async () => {
    expect(isComplete(scratch.path, manifest)).toBe(true);
    expect(await isStateIntact(scratch.path, manifest)).toBe(true);
  });

  const CHANGES: Readonly<Record<string, (file: string) => void>> = {
    'was deleted': (file) => rmSync(file),
    'was written': (file) => writeFileSync(file, 'what the guest remembered'),
    'was written, its size the same': (file) => writeFileSync(file, 'what the guest forgot...'),
    'was replaced by a copy that is as old': (file) => {
      const { atime, mtime } = statSync(file);
      copyFileSync(file, `${file}.copy`);
      utimesSync(`${file}.copy`, atime, mtime);
      renameSync(`${file}.copy`, file);
    },
  };
  for (const [what, change] of Object.entries(CHANGES))
    test(`unless one ${what}`, () => {
      change(scratch.at('ram'));
      expect(isComplete(scratch.path, manifest)).toBe(false);
    });

  test('and its state intact only when every byte is', async () => {
    writeFileSync(scratch.at('state'), 'what its devices remembes');
    expect(await isStateIntact(scratch.path, manifest)).toBe(false);
    rmSync(scratch.at('state'));
    expect(await isStateIntact(scratch.path, manifest)).toBe(false);
  });
});
