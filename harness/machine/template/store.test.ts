import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openShell, resumeShell } from '../../console/shell.ts';
import { EnvironmentError } from '../../errors.ts';
import { calamityPlan } from '../../testing/calamity-plan.ts';
import { ScratchFolder } from '../../testing/scratch-folder.ts';
import { Deadline } from '../../units.ts';
import type { Machine } from '../machine.ts';
import { foldersOf } from './cache-folder.ts';
import { clearCache } from './clear.ts';
import { type Obtained, type ReadyState, TemplateStore } from './store.ts';
import { type Template, TemplateGone } from './template.ts';

const SHELL = { prompt: 'calamity> ', status: 'none' } as const;
const WITHIN = 120_000;

let scratch: ScratchFolder;
let store: TemplateStore;
let boots: number;

beforeEach(() => {
  scratch = new ScratchFolder();
  store = new TemplateStore(scratch.at('cache'), 2 ** 30);
  boots = 0;
});
afterEach(() => scratch[Symbol.dispose]());

const atPrompt: ReadyState<string> = {
  label: 'calamity',
  description: 'at its prompt',
  within: WITHIN,
  reach: async (start) => {
    boots++;
    const machine = await start();
    const opened = await openShell(machine.console, SHELL, Deadline.after(WITHIN));
    if (opened.kind === 'open') return { kind: 'ready', machine, ready: opened.session.snapshot };
    await machine.stop();
    return { kind: 'failed', failure: opened.kind };
  },
  answers: (clone, ready) => resumeShell(clone.console, SHELL, ready).alive(Deadline.after(WITHIN)),
};

const templateOf = (obtained: Obtained<string>): Template =>
  obtained.kind === 'template' ? obtained.template : expect.fail(JSON.stringify(obtained));

const folders = () => readdirSync(foldersOf(scratch.at('cache')).templates);

async function ask(machine: Machine): Promise<string[]> {
  const outcome = await resumeShell(machine.console, SHELL, {}).run('echo hello', { deadline: Deadline.after(WITHIN) });
  return outcome.output.map(({ text }) => text);
}

for (const arch of ['x86_64', 'aarch64'] as const) {
  describe(`a template of ${arch}`, () => {
    test('is booted once however many want it, and its clones go on at the prompt, each for itself', async () => {
      const { plan } = calamityPlan(arch);
      const obtained = await Promise.all([1, 2, 3].map(() => store.obtain(plan, atPrompt)));
      expect(boots).toBe(1);
      const [template] = obtained.map(templateOf);
      if (!template) return expect.fail();
      await using first = await template.clone();
      await using second = await template.clone();
      expect(await ask(second)).toEqual(['hello']);
      expect(await ask(first)).toEqual(['hello']);
      await first.stop();
      expect(await ask(second)).toEqual(['hello']);
      expect(templateOf(await new TemplateStore(scratch.at('cache'), 2 ** 30).obtain(plan, atPrompt)).folder).toBe(
        template.folder,
      );
      expect(boots).toBe(1);
    });
  });
}

const { plan, image } = calamityPlan('x86_64');

test('a template that is gone says so, and is made anew when it is asked for', async () => {
  const template = templateOf(await store.obtain(plan, atPrompt));
  rmSync(path.join(template.folder, 'ram'));
  await expect(template.clone()).rejects.toThrow(TemplateGone);
  await using clone = await templateOf(await store.obtain(plan, atPrompt)).clone();
  expect(await ask(clone)).toEqual(['hello']);
  expect(boots).toBe(2);
});

test('a template that was replaced is not discarded by whoever had the old one', async () => {
  const old = templateOf(await store.obtain(plan, atPrompt));
  old.discard();
  expect(folders()).toEqual([]);
  const young = templateOf(await store.obtain(plan, atPrompt));
  old.discard();
  expect(existsSync(young.folder)).toBe(true);
});

test('clones that run outlive the template', async () => {
  await using clone = await templateOf(await store.obtain(plan, atPrompt)).clone();
  const { removed, busy, freedBytes } = await clearCache(scratch.at('cache'));
  expect([removed.length, busy]).toEqual([1, []]);
  expect(freedBytes).toBeGreaterThan(2 ** 16);
  expect(await ask(clone)).toEqual(['hello']);
});

test('a machine that does not get ready leaves nothing, and is tried again', async () => {
  const failing = { ...atPrompt, reach: async () => ({ kind: 'failed', failure: 'it rained' }) as const };
  expect(await store.obtain(plan, failing)).toEqual({ kind: 'failed', failure: 'it rained' });
  expect(folders()).toEqual([]);
  expect((await store.obtain(plan, atPrompt)).kind).toBe('template');
});

test('a clone that does not answer makes the machine unclonable, which is remembered', async () => {
  const because = 'its clone did not answer, as if a device of it could not be cloned';
  expect(await store.obtain(plan, { ...atPrompt, answers: async () => false })).toEqual({
    kind: 'unclonable',
    because,
  });
  expect(await store.obtain(plan, atPrompt)).toEqual({ kind: 'unclonable', because });
  expect(boots).toBe(1);
});

test('trouble of the host makes it unclonable for now', async () => {
  const inTrouble = { ...atPrompt, reach: () => Promise.reject(new EnvironmentError('out of memory')) };
  expect(await store.obtain(plan, inTrouble)).toEqual({ kind: 'unclonable', because: 'out of memory' });
  expect(folders()).toEqual([]);
  expect((await store.obtain(plan, atPrompt)).kind).toBe('template');
});

test('a bug of ours is thrown, and leaves nothing', async () => {
  const broken = { ...atPrompt, reach: () => Promise.reject(new TypeError('undefined is not a function')) };
  await expect(store.obtain(plan, broken)).rejects.toThrow(TypeError);
  expect(folders()).toEqual([]);
});

test('a file that is changed while the machine boots makes no template of either', async () => {
  const initrd = scratch.at('initrd');
  writeFileSync(initrd, 'before');
  const { plan: changing } = calamityPlan('x86_64', { image: { initrd } });
  const rebuild: ReadyState<string> = {
    ...atPrompt,
    reach: (start) =>
      atPrompt.reach(() => {
        writeFileSync(initrd, 'after');
        return start();
      }),
  };
  const because = 'a file that it is made of was changed while it booted';
  expect(await store.obtain(changing, rebuild)).toEqual({ kind: 'unclonable', because });
  expect(folders()).toEqual([]);
  expect((await store.obtain(changing, atPrompt)).kind).toBe('template');
});

test('an image that is not there is an error, as for any machine', async () => {
  const { plan: broken } = calamityPlan('x86_64', { image: { kernel: scratch.at('nothing') } });
  await expect(store.obtain(broken, atPrompt)).rejects.toThrow(/The kernel .*nothing does not exist/);
});

test('the cache stays within its limit: the oldest template goes when another is made', async () => {
  const first = templateOf(await store.obtain(plan, atPrompt));
  const small = new TemplateStore(scratch.at('cache'), plan.machine.memoryBytes);
  const { plan: other } = calamityPlan('x86_64', { image: { ...image, append: 'prompt' } });
  writeFileSync(path.join(first.folder, 'ballast'), Buffer.alloc(plan.machine.memoryBytes));
  const second = templateOf(await small.obtain(other, atPrompt));
  expect([existsSync(first.folder), existsSync(second.folder)]).toEqual([false, true]);
});
