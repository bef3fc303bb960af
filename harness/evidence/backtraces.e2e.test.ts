import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { entriesOn, type ZooEntry, zoo } from '../../fixtures/calamity/zoo.ts';
import { type Arch, archNames, describeArch } from '../arch/archs.ts';
import { Machine } from '../machine/machine.ts';
import type { MachinePlan } from '../machine/plan.ts';
import { findExecutable } from '../qemu/executable.ts';
import { calamityPlan } from '../testing/calamity-plan.ts';
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
  return (
    told?.vcpus.find(({ vcpu }) => vcpu.cpu === cpu)?.frames.map((frame) => frame.function ?? frame.address ?? '') ?? []
  );
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
    if (seen || looks > 300) return told; // A bound for a test that fails.
  }
}

const stuck: readonly ZooEntry[] = zoo.filter(
  ({ at, truth, word }) =>
    at !== undefined && (('kind' in truth ? truth.kind : truth.x86_64.kind) === 'hang' || word === 'panic'),
);
const cases = archNames.flatMap((arch) =>
  entriesOn(arch)
    .filter((entry) => stuck.includes(entry))
    .map((entry) => ({ arch, entry, word: entry.word })),
);

describe.each(['gdb', 'frame pointers'] as const)('by %s', (by) => {
  test.each(cases)('$word on $arch: shows the function at fault and who called it', async ({ arch, entry }) => {
    if (by === 'gdb' && !hasGdb(arch)) return;
    const plan = planOf(arch, entry.word, { ...(entry.cpus ? { cpus: entry.cpus } : {}) });
    await using machine = await (entry.word === 'silent' ? Machine.boot(plan) : bootInto(plan));
    const wanted = [entry.at ?? '', ...(entry.calledBy ?? [])];
    const told = await untilSeen(machine, wanted, by === 'gdb');
    expect({ notes: told?.notes, by: told?.by }).toEqual({ notes: [], by });
    expect(told?.vcpus.map(({ vcpu }) => namesOf(told, vcpu.cpu)).some((names) => inOrder(names, wanted))).toBe(true);
    expect(told?.vcpus).toHaveLength(entry.cpus ?? 1);
  });
});

const status = z.object({ running: z.boolean() });
const chardevs = z.array(z.object({ label: z.string() }));

async function isRunning(machine: Machine): Promise<boolean> {
  return status.parse(await machine.qmp?.execute('query-status')).running;
}

describe('the machine', () => {
  test.each(archNames)('on %s goes on as it was, and nothing listens any more', async (arch) => {
    await using machine = await bootInto(planOf(arch, 'wait-irq'));
    for (const running of [true, false]) {
      if (!running) await machine.qmp?.execute('stop');
      const told = await backtraces(machine, AMPLE());
      expect(namesOf(told)).toContain('nvme_wait');
      expect(await isRunning(machine)).toBe(running);
      const labels = chardevs.parse(await machine.qmp?.execute('query-chardev')).map(({ label }) => label);
      expect(labels).not.toContain('gdb');
    }
  });

  test('that ends while it is looked at is told by nobody', async () => {
    await using machine = await Machine.boot(planOf('x86_64', 'reset'));
    while (await backtraces(machine, AMPLE())) expect(machine.plan).toBeDefined();
    expect((await machine.ended).shutdown).toMatchObject({ reason: 'guest-reset' });
    expect(await backtraces(machine, AMPLE())).toBeUndefined();
  });

  test('that somebody stopped says so in time, and goes on when it may', async () => {
    await using machine = await bootInto(planOf('x86_64', 'lock-irqs-off'));
    const pid = machine.pid ?? expect.fail('it has no process');
    process.kill(pid, 'SIGSTOP');
    const told = await backtraces(machine, Deadline.after(200));
    process.kill(pid, 'SIGCONT');
    expect(told).toMatchObject({ vcpus: [], notes: [expect.stringContaining('QEMU did not answer in time')] });
    // What was asked of it before is done, and undone, first.
    await untilSeen(machine, ['spin_lock'], false);
    expect(await isRunning(machine)).toBe(true);
  });

  test('with a gdb stub of its own keeps it', async () => {
    using scratch = new ScratchFolder();
    const stub = ['-gdb', `unix:${scratch.at('stub')},server=on,wait=off`];
    const { plan } = calamityPlan('x86_64', { image: { append: 'lock-irqs-off' }, machine: { qemu: stub } });
    await using machine = await bootInto(plan);
    const told = await untilSeen(machine, ['spin_lock'], true);
    expect(told?.by).toBe('frame pointers');
    expect(told?.notes.join()).toContain('another debugger may be attached');
    const labels = chardevs.parse(await machine.qmp?.execute('query-chardev')).map(({ label }) => label);
    expect(labels).toContain('gdb');
  });
});

describe('a gdb that', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test.each([
    ['hangs', 'exec sleep 1000', 'did not answer in time', 3_000],
    ['crashes', 'kill -s SEGV $$', 'gave no backtrace', 120_000],
    [
      'is too old for unix sockets',
      'echo "/tmp/s: No such device." >&2',
      'gave no backtrace: /tmp/s: No such device.',
      120_000,
    ],
    ['knows another architecture', 'echo \'Undefined item: "aarch64".\' >&2', 'does not know aarch64', 120_000],
  ])('%s is told, and frame pointers are followed', async (_, script, because, budget) => {
    using scratch = new ScratchFolder();
    for (const name of describeArch('aarch64').gdb.programs)
      writeFileSync(scratch.at(name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    await using machine = await bootInto(planOf('aarch64', 'lock-irqs-off'));
    await untilSeen(machine, ['spin_lock', 'virtio_blk_submit'], false);
    vi.stubEnv('PATH', `${scratch.path}:${process.env.PATH}`);
    const told = await backtraces(machine, Deadline.after(budget));
    expect(told?.by).toBe('frame pointers');
    expect(told?.notes[0]).toContain(because);
    expect(told?.vcpus[0]?.frames.length).toBeGreaterThan(4);
    expect(await isRunning(machine)).toBe(true);
  });
});

describe('symbols that do not fit', () => {
  test('of another build are not used', async () => {
    using scratch = new ScratchFolder();
    const other = readFileSync(symbolsOf('x86_64'));
    other.fill(0x90, 0x1000, 0x4000); // The code.
    writeFileSync(scratch.at('other.elf'), other);
    await using machine = await bootInto(planOf('x86_64', 'lock-irqs-off', { symbols: scratch.at('other.elf') }));
    const told = await backtraces(machine, AMPLE());
    expect(told?.notes.join()).toMatch(
      /the code in memory is not that of \S+other\.elf: it is another build, .*nokaslr/,
    );
    expect(told?.vcpus[0]?.frames.map((frame) => frame.function)).toEqual(told?.vcpus[0]?.frames.map(() => undefined));
    expect(told?.vcpus[0]?.frames.length).toBeGreaterThan(2);
  });

  test.each([
    ['of another architecture', symbolsOf('aarch64'), 'is of another architecture than x86_64'],
    ['that are not there', '/nonexistent/kernel.elf', 'does not exist'],
  ])('%s are told', async (_, symbols, because) => {
    await using machine = await bootInto(planOf('x86_64', 'lock-irqs-off', { symbols }));
    const told = await backtraces(machine, AMPLE());
    expect(told?.notes).toEqual([`no function names: ${symbols} ${because}`]);
    expect(told?.vcpus[0]?.frames.length).toBeGreaterThan(2);
  });

  test('are missed where the kernel is no ELF file', async () => {
    const { plan } = calamityPlan('aarch64', { image: { append: 'lock-irqs-off' } });
    await using machine = await bootInto(plan);
    const told = await backtraces(machine, AMPLE());
    expect(told?.notes.join()).toMatch(
      /no function names: \S+calamity\.img is no ELF file\. `symbols` in the target’s declaration/,
    );
    expect(told?.vcpus[0]?.frames.length).toBeGreaterThan(2);
  });
});
