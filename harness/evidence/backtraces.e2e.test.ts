import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ZooEntry, zoo } from '../../fixtures/calamity/zoo.ts';
import { type Arch, archNames, describeArch } from '../arch/archs.ts';
import { Machine } from '../machine/machine.ts';
import type { MachinePlan } from '../machine/plan.ts';
import { findExecutable } from '../qemu/executable.ts';
import { calamityPlan } from '../testing/calamity-plan.ts';
import { eventually } from '../testing/leftovers.ts';
import { calamityImages } from '../testing/project.ts';
import { ScratchFolder } from '../testing/scratch-folder.ts';
import { Deadline } from '../units.ts';
import { type Backtraces, backtraces } from './backtraces.ts';

/** For tests that hang, not for hosts that are slow. */
const AMPLE = () => Deadline.after(120_000);

const symbolsOf = (arch: Arch) => path.join(calamityImages, arch, 'calamity.elf');
const hasGdb = (arch: Arch) => describeArch(arch).gdb.programs.some((program) => findExecutable(program));

function planOf(arch: Arch, append: string, { cpus = 1, symbols = symbolsOf(arch) } = {}): MachinePlan {
  return { ...calamityPlan(arch, { image: { append }, machine: { cpus } }).plan, symbols };
}

/** Boots the kernel to where its fault is, as far as its console tells. */
async function bootInto(plan: MachinePlan): Promise<Machine> {
  const machine = await Machine.boot(plan);
  const outcome = await machine.console.wait({ from: 0, line: 'stage: ready' }, AMPLE());
  expect(outcome.kind).toBe('line');
  return machine;
}

function namesOf(told: Backtraces | undefined, cpu = 0): string[] {
  return told?.vcpus.find(({ vcpu }) => vcpu.cpu === cpu)?.frames.map((frame) => frame.function ?? frame.address) ?? [];
}

/** Whether all of `wanted` come in that order, others between them. */
function inOrder(names: readonly string[], wanted: readonly string[]): boolean {
  let next = 0;
  for (const name of names) if (name === wanted[next]) next++;
  return next === wanted.length;
}

/** Until the functions at fault show on some vCPU: nobody tells when a guest has got there. */
async function untilSeen(machine: Machine, wanted: readonly string[], gdb: boolean): Promise<Backtraces | undefined> {
  for (let looks = 0; ; looks++) {
    const told = await backtraces(machine, AMPLE(), { gdb });
    const seen = told?.vcpus.some(({ vcpu }) => inOrder(namesOf(told, vcpu.cpu), wanted));
    if (seen || looks > 30) return told;
  }
}

const stuck: readonly ZooEntry[] = zoo.filter(
  ({ at, truth, word }) =>
    at !== undefined && (('kind' in truth ? truth.kind : truth.x86_64.kind) === 'hang' || word === 'panic'),
);
const cases = archNames.flatMap((arch) =>
  stuck.filter(({ archs = archNames }) => archs.includes(arch)).map((entry) => ({ arch, entry, word: entry.word })),
);

describe.each(['gdb', 'frame pointers'] as const)('by %s', (by) => {
  test.each(cases)('$word on $arch: shows the function at fault and who called it', async ({ arch, entry }) => {
    if (by === 'gdb' && !hasGdb(arch)) return;
    const plan = planOf(arch, entry.word, { ...(entry.cpus ? { cpus: entry.cpus } : {}) });
    await using machine = await Machine.boot(plan);
    const wanted = [entry.at ?? '', ...(entry.calledBy ?? [])];
    const told = await untilSeen(machine, wanted, by === 'gdb');
    expect({ notes: told?.notes, by: told?.by }).toEqual({ notes: [], by });
    expect(told?.vcpus.map(({ vcpu }) => namesOf(told, vcpu.cpu)).some((names) => inOrder(names, wanted))).toBe(true);
    expect(told?.vcpus).toHaveLength(entry.cpus ?? 1);
  });
});
