import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { calamity } from '../../fixtures/calamity/target.ts';
import { truthOn, type ZooEntry, zoo } from '../../fixtures/calamity/zoo.ts';
import { linux } from '../../fixtures/linux/target.ts';
import { functionAt } from '../testing/elf-functions.ts';
import { calamityImages } from '../testing/project.ts';
import { crashTitle } from '../verdict/crash-title.ts';
import type { CaseOutcome } from './case-outcome.ts';
import type { CaseDeclaration, TargetDeclaration } from './declaration.ts';
import { type Environment, listEnvironments } from './environment.ts';
import { SuiteRun } from './suite-run.ts';

const PROJECT = path.resolve(import.meta.dirname, '../..');

let cache: string;
beforeAll(() => {
  cache = mkdtempSync(path.join(tmpdir(), 'twinboot-crash-'));
  vi.stubEnv('TWINBOOT_CACHE', cache);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true });
});

/** Runs one case, and ends its machine. */
async function outcomeOf(environment: Environment, declared: CaseDeclaration): Promise<CaseOutcome> {
  await using run = new SuiteRun(environment, { isolation: 'fresh', cases: { crash: declared } }, PROJECT);
  return await run.run(declared, async () => {}, expect.fail);
}

function crashOf({ verdict }: CaseOutcome) {
  if (verdict.kind !== 'crash') expect.fail(`a ${verdict.kind} is no crash`);
  return verdict;
}

const DEATHS = ['panic', 'assertion', 'nested-fault', 'double-fault', 'stack-overflow', 'stack-astray'];

describe.each(listEnvironments({ targets: [calamity] }))('a crash on $id', (environment) => {
  const { arch } = environment;
  const entries = zoo.filter(({ word, archs = [arch] }) => DEATHS.includes(word) && archs.includes(arch));
  const elf = path.join(calamityImages, arch, 'calamity.elf');

  /** A title leaves out what differs from boot to boot: numbers, too. */
  const titled = (entry: ZooEntry) => {
    const truth = truthOn(entry, arch);
    return 'title' in truth ? { ...truth, title: crashTitle(truth.title ?? '') } : truth;
  };

  test.each(entries)('$word: the whole report, and where it happened', async (entry) => {
    const outcome = await outcomeOf(environment, { boot: { append: entry.word } });
    const { frames = [], ...crash } = crashOf(outcome);
    expect(crash).toEqual(titled(entry));

    // All addresses are such that a call returns to, but for the first one after an exception.
    const isException = outcome.panic?.lines.some((line) => line.startsWith('EXCEPTION: '));
    const functions = frames.map(({ address = '0' }, depth) =>
      functionAt(elf, BigInt(address) - (depth === 0 && isException ? 0n : 1n)),
    );
    expect(functions[0]).toBe(entry.at);
    const callers = functions.slice(1).filter((name) => entry.calledBy?.includes(name ?? ''));
    expect(callers.slice(0, entry.calledBy?.length)).toEqual(entry.calledBy);

    const { lines = [], ...report } = outcome.panic ?? {};
    expect(report).toMatchObject({ console: 'user', truncated: false, headline: lines[0] });
    expect(lines.at(-1)).toMatch(new RegExp(`^  #${frames.length - 1} 0x`));
  });

  test('of a command ends at no prompt, and begins after it', async () => {
    const outcome = await outcomeOf(environment, { run: 'panic' });
    expect(crashOf(outcome)).toMatchObject({ title: 'KERNEL PANIC: something is very wrong' });
    expect(outcome.panic?.lines[0]).toBe('KERNEL PANIC: something is very wrong');
    expect(outcome.panic?.lines.at(-1)).toMatch(/^ {2}#\d+ 0x/);
  });

  test('is found by a pattern with a memory, wherever in its line', async () => {
    const forgetful = { ...environment, target: { ...environment.target, panics: [/PANIC: something/gy] } };
    const outcome = await outcomeOf(forgetful, { boot: { append: 'panic' } });
    expect(crashOf(outcome)).toMatchObject({ cause: 'panic', title: 'KERNEL PANIC: something is very wrong' });
  });

  test('that is a reset which the guest asked for is told as one', async () => {
    const outcome = await outcomeOf(environment, { boot: { append: 'reset' } });
    expect(crashOf(outcome)).toMatchObject({
      cause: 'reset',
      title: expect.stringContaining('the machine was reset by the guest'),
    });
    expect(outcome.cascade?.kind).toBe('asked');
  });
});

test('a triple fault is told with what led to it', async () => {
  const [entry] = zoo.filter(({ word }) => word === 'triple-fault');
  const environments = listEnvironments({ targets: [calamity] }).filter(({ arch }) => entry?.archs?.includes(arch));
  for (const environment of environments) {
    const outcome = await outcomeOf(environment, { boot: { append: 'triple-fault' } });
    const { frames = [], ...crash } = crashOf(outcome);
    expect(crash).toEqual({ kind: 'crash', cause: 'reset', title: 'triple fault: page fault → double fault' });
    const elf = path.join(calamityImages, environment.arch, 'calamity.elf');
    expect(frames.map(({ address = '0' }) => functionAt(elf, BigInt(address)))).toEqual(['pci_read_config']);
    expect(outcome.cascade?.events.map((event) => event.class)).toEqual(['page-fault', 'double-fault', 'triple-fault']);
  }
});

describe.each(listEnvironments({ targets: [linux as TargetDeclaration] }))('a panic of Linux on $id', (environment) => {
  test('is whole, and its frames are those of who called it', async () => {
    const outcome = await outcomeOf(environment, { run: 'echo c > /proc/sysrq-trigger' });
    const { title, frames = [] } = crashOf(outcome);
    expect(title).toBe('Kernel panic - not syncing: sysrq triggered crash');
    const functions = frames.map((frame) => frame.function?.replace(/\.cold$/, ''));
    // On arm64 the address behind the call in sysrq_handle_crash lies in the next function.
    expect(functions.slice(functions[0] === 'sysrq_handle_crash' ? 1 : 0, 3)).toEqual(
      expect.arrayContaining(['__handle_sysrq', 'write_sysrq_trigger']),
    );
    expect(outcome.panic?.truncated).toBe(false);
    expect(outcome.panic?.lines.at(-1)).toContain('---[ end Kernel panic - not syncing: sysrq triggered crash ]---');
  });
});
