import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DeclarationError } from '../errors.ts';
import type {
  BootDeclaration,
  CaseDeclaration,
  ImageDeclaration,
  SuiteDeclaration,
  TargetDeclaration,
} from './declaration.ts';
import { type Environment, listEnvironments } from './environment.ts';
import { bootBudget, type CasePlan, millis, planCase, planMachine, whySkipped } from './plan.ts';

const linux: TargetDeclaration = {
  name: 'linux',
  images: {
    x86_64: { from: 'kernel', kernel: 'build/{arch}/vmlinuz', initrd: 'build/initrd', append: 'quiet' },
    aarch64: { from: 'kernel', kernel: '/abs/{arch}/Image' },
  },
  shell: { prompt: '# ', status: 'posix' },
};
const suite: SuiteDeclaration = { cases: {} };

let root: string;
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'plan-'));
  mkdirSync(path.join(root, 'tests/x86_64'), { recursive: true });
  for (const name of ['x86_64/fork.elf', 'initrd']) writeFileSync(path.join(root, 'tests', name), 'x');
});
afterAll(() => rmSync(root, { recursive: true }));

function environmentOf(target: TargetDeclaration, arch = 'x86_64'): Environment {
  return (
    listEnvironments({ targets: [target], disks: { data: { mode: 'overlay', source: 'd/data.img' } } }).find(
      (each) => each.arch === arch,
    ) ?? expect.fail()
  );
}

function withImage(image: ImageDeclaration, parts: Partial<TargetDeclaration> = {}): Environment {
  return environmentOf({ name: 'own', images: { x86_64: image }, ...parts });
}

function plan(
  declared: CaseDeclaration,
  parts: Partial<SuiteDeclaration> = {},
  environment = environmentOf(linux),
): CasePlan {
  return planCase(environment, { ...suite, ...parts }, declared, root);
}

/** The plan of a case that is to be carried out. */
function planned(...args: Parameters<typeof plan>) {
  const made = plan(...args);
  if (made.kind !== 'run' && made.kind !== 'boot') return expect.fail(`it is not carried out: ${JSON.stringify(made)}`);
  return made;
}

describe('a case that types a command', () => {
  test('types it on the environment’s machine', () => {
    const made = planned({ run: 'test_{arch} --verbose' });
    expect(made).toMatchObject({ kind: 'run', command: 'test_x86_64 --verbose', timeoutMs: 30_000, results: {} });
    expect(made.machine).toMatchObject({
      consoles: ['user'],
      exitDevice: false,
      source: {
        kind: 'qemu',
        raw: false,
        image: {
          from: 'kernel',
          kernel: path.join(root, 'build/x86_64/vmlinuz'),
          initrd: path.join(root, 'build/initrd'),
          append: 'quiet',
        },
      },
    });
  });

  test('has the machine that the suite asks for', () => {
    const { machine } = planned({ run: 'ls' }, { machine: { cpus: 4, disks: ['data'] } }).machine;
    expect(machine).toMatchObject({ cpus: 4, disks: [{ source: path.join(root, 'd/data.img') }] });
  });

  test('is skipped on a target without a shell', () => {
    const { shell: _, ...bare } = linux;
    expect(plan({ run: 'ls' }, {}, environmentOf(bare))).toEqual({
      kind: 'skip',
      because: 'needs a shell, and linux declares none',
    });
  });
});

test('a case’s interrupts are expected as the suite and the case say, and refused of a launcher', () => {
  const interrupts = { irq: { min: 1 } };
  const expectedOf = planned({ run: 'ls', interrupts }, { interrupts: { nmi: { max: 0 } } }).interrupts;
  expect(expectedOf?.bounds).toEqual([
    { name: 'nmi', max: 0 },
    { name: 'irq', min: 1 },
  ]);
  expect(planned({ run: 'ls' })).not.toHaveProperty('interrupts');
  const launched = withImage(
    { from: 'launcher', command: ['make'] },
    { shell: linux.shell as NonNullable<typeof linux.shell> },
  );
  expect(() => plan({ run: 'ls', interrupts }, {}, launched)).toThrow(/^own\/x86_64: a launcher starts QEMU /);
  const skipped = { run: 'ls', interrupts, skip: { because: 'later' } };
  expect(plan(skipped, {}, launched).kind).toBe('skip');
  expect(plan({ boot: { kernel: 'tests/x86_64/fork.elf' }, interrupts }, {}, launched).kind).toBe('boot');
});

describe('a case’s time', () => {
  const slow = environmentOf({ ...linux, timeout: '3m' });

  test('is the case’s own, else the suite’s, else the target’s, else 30 seconds', () => {
    expect(planned({ run: 'ls', timeout: '1s' }, { timeout: '2s' }, slow).timeoutMs).toBe(1_000);
    expect(planned({ run: 'ls' }, { timeout: '2s' }, slow).timeoutMs).toBe(2_000);
    expect(planned({ run: 'ls' }, {}, slow).timeoutMs).toBe(180_000);
    expect(planned({ run: 'ls' }).timeoutMs).toBe(30_000);
  });

  test('is not the boot’s, which has a minute unless the target says otherwise', () => {
    expect(bootBudget(slow)).toBe(60_000);
    expect(bootBudget(environmentOf({ ...linux, bootWithin: 500 }))).toBe(500);
  });

  test('is a duration that was checked before', () => {
    expect(() => millis('soon')).toThrow(TypeError);
  });
});

describe('how a case’s result is read', () => {
  const target = { ...linux, results: { tap: 'required', exitStatus: false } } as const;

  test('is the target’s way, with what the suite and then the case set otherwise', () => {
    const made = planned(
      { run: 'ls', results: { exitStatus: true } },
      { results: { tap: 'ignored' } },
      environmentOf(target),
    );
    expect(made.results).toEqual({ tap: 'ignored', exitStatus: true });
  });

  test('gives the guest an exit device only where QEMU’s exit status is a result', () => {
    expect(planned({ run: 'ls', results: { qemuExit: { 33: 'pass' } } }).machine.exitDevice).toBe(true);
    expect(planned({ boot: {}, results: { qemuExit: { 33: 'pass' } } }).machine.exitDevice).toBe(true);
    expect(planned({ boot: {} }).machine.exitDevice).toBe(false);
  });
});

describe('a case is skipped', () => {
  test('where the target lacks what the suite needs, whatever the case says', () => {
    expect(plan({ run: 'ls' }, { needs: ['shell', 'network'] })).toEqual({
      kind: 'skip',
      because: 'needs network, which linux does not provide',
    });
    expect(plan({ run: 'ls' }, { needs: ['network'] }, environmentOf({ ...linux, provides: ['network'] })).kind).toBe(
      'run',
    );
  });

  test.each([
    ['posix', ['shell', 'posix-shell'], undefined],
    ['none', ['shell'], undefined],
    ['none', ['posix-shell'], 'needs posix-shell, which linux does not provide'],
  ] as const)('or not, by its shell: status %s, needs %j', (status, needs, because) => {
    const environment = environmentOf({ ...linux, shell: { prompt: '# ', status } });
    expect(whySkipped(environment, needs)).toBe(because);
  });

  test('on every architecture, or on the one it names, as people spell it', () => {
    const here = environmentOf(linux, 'x86_64');
    const there = environmentOf(linux, 'aarch64');
    const skipped = (on: string | undefined, environment: Environment) =>
      plan({ run: 'ls', skip: { because: 'no port', ...(on === undefined ? {} : { on }) } }, {}, environment).kind;
    expect([skipped(undefined, here), skipped(undefined, there)]).toEqual(['skip', 'skip']);
    expect([skipped('aarch64', here), skipped('aarch64', there)]).toEqual(['run', 'skip']);
    expect([skipped('arm64', here), skipped('arm64', there)]).toEqual(['run', 'skip']);
    expect([skipped('AMD64', here), skipped('AMD64', there)]).toEqual(['skip', 'run']);
  });

  test('before anyone looks for its image', () => {
    expect(plan({ boot: { kernel: 'tests/nowhere' }, skip: { because: 'later' } })).toEqual({
      kind: 'skip',
      because: 'later',
    });
  });
});

describe('a case that boots an image of its own', () => {
  const imageOf = (boot: BootDeclaration, environment = environmentOf(linux)) =>
    planned({ boot }, {}, environment).machine.source;

  test('has the fields that it sets over the target’s image', () => {
    expect(imageOf({ kernel: 'tests/{arch}/fork.elf', append: 'case={arch}' })).toMatchObject({
      image: {
        from: 'kernel',
        kernel: path.join(root, 'tests/x86_64/fork.elf'),
        initrd: path.join(root, 'build/initrd'),
        append: 'case=x86_64',
      },
    });
  });

  test('may set fields for each architecture, as people spell it', () => {
    expect(imageOf({ kernel: { amd64: 'tests/x86_64/fork.elf', arm64: 'none' } })).toMatchObject({
      image: { kernel: path.join(root, 'tests/x86_64/fork.elf') },
    });
  });

  test('may take the target’s command line away', () => {
    expect(imageOf({ append: '' })).toMatchObject({ image: { from: 'kernel' } });
    expect(imageOf({ append: '' })).not.toHaveProperty('image.append');
  });

  test('may boot a kernel where the target boots a CD', () => {
    const environment = withImage({ from: 'cdrom', iso: 'os.iso' });
    expect(imageOf({ kernel: 'tests/x86_64/fork.elf' }, environment)).toMatchObject({
      image: { from: 'kernel', kernel: path.join(root, 'tests/x86_64/fork.elf') },
    });
    expect(imageOf({}, environment)).toMatchObject({ image: { from: 'cdrom', iso: path.join(root, 'os.iso') } });
  });

  test('has the machine that it asks for, over the suite’s', () => {
    const { machine } = planned({ boot: { cpus: 8, memory: '1G' } }, { machine: { cpus: 2, network: 'user' } }).machine;
    expect(machine).toMatchObject({ cpus: 8, memoryBytes: 2 ** 30, network: { name: 'user' } });
  });

  test('appends its arguments to the suite’s', () => {
    const { machine } = planned({ boot: { qemu: ['-case'] } }, { machine: { qemu: ['-suite'] } }).machine;
    expect(machine.qemu).toEqual(['-suite', '-case']);
  });

  test.each<[BootDeclaration, string]>([
    [{ kernel: 'tests/{arch}/nowhere.elf' }, 'the kernel tests/x86_64/nowhere.elf does not exist'],
    [{ kernel: { arm64: 'tests/arm.elf' } }, 'no kernel is declared for x86_64'],
    [{ initrd: 'tests/nowhere' }, 'the initrd tests/nowhere does not exist'],
  ])('is missing where its own image is: %j', (boot, what) => {
    expect(plan({ boot })).toEqual({ kind: 'missing', what });
  });

  test('is carried out where only the target’s own image is missing: that is the environment’s trouble', () => {
    expect(plan({ boot: { append: 'x' } }).kind).toBe('boot');
    expect(plan({ boot: { initrd: 'tests/initrd' } }).kind).toBe('boot');
  });
});

describe('the symbols of a case that boots an image', () => {
  const symbolsOf = (boot: BootDeclaration) =>
    planned({ boot }, {}, environmentOf({ ...linux, symbols: 'vmlinux' })).machine.symbols;

  test('are the target’s, as the kernel is', () => {
    expect(symbolsOf({ append: 'quiet' })).toBe(path.join(root, 'vmlinux'));
  });

  test('are never the target’s for another kernel', () => {
    expect(symbolsOf({ kernel: 'tests/{arch}/fork.elf' })).toBeUndefined();
    expect(symbolsOf({ kernel: 'tests/{arch}/fork.elf', symbols: 'tests/{arch}/fork.debug' })).toBe(
      path.join(root, 'tests/x86_64/fork.debug'),
    );
  });
});

describe('a machine’s plan', () => {
  const planOf = (environment: Environment, overrides = {}) => planMachine(environment, overrides, root);

  test('has no path that is relative to anything but the project', () => {
    const machine = { firmware: 'f/{arch}.fd', disks: ['data', 'scratch'] };
    const { machine: resolved } = planOf(withImage({ from: 'disk', disk: 'os-{arch}.img' }, { machine }));
    expect(resolved.firmware).toBe(path.join(root, 'f/x86_64.fd'));
    expect(resolved.disks).toMatchObject([{ source: path.join(root, 'd/data.img') }, { mode: 'scratch' }]);
    expect(planOf(environmentOf(linux, 'aarch64')).source).toMatchObject({ image: { kernel: '/abs/aarch64/Image' } });
  });

  test('knows a flat kernel by its declaration alone', () => {
    expect(planOf(withImage({ from: 'kernel', kernel: 'flat.bin', raw: true })).source).toMatchObject({ raw: true });
  });

  test('boots a CD or a disk', () => {
    expect(planOf(withImage({ from: 'cdrom', iso: 'os.iso' })).source).toEqual({
      kind: 'qemu',
      raw: false,
      image: { from: 'cdrom', iso: path.join(root, 'os.iso') },
    });
    expect(planOf(withImage({ from: 'disk', disk: '{arch}.img' })).source).toEqual({
      kind: 'qemu',
      raw: false,
      image: { from: 'disk', disk: path.join(root, 'x86_64.img') },
    });
  });

  test('starts a launcher in its folder, the architecture filled in', () => {
    const image = { from: 'launcher', command: ['make', 'run-{arch}', '-qmp', 'unix:{qmp}'], env: { A: 'b' } } as const;
    expect(planOf(withImage(image)).source).toEqual({
      kind: 'launcher',
      command: ['make', 'run-x86_64', '-qmp', 'unix:{qmp}'],
      cwd: root,
      env: { A: 'b' },
    });
    expect(planOf(withImage({ ...image, cwd: 'kernel' })).source).toMatchObject({ cwd: path.join(root, 'kernel') });
  });

  test('has the target’s serial lines and pace of typing', () => {
    const typing = { chunk: 1, pauseMs: 5 };
    expect(planOf(environmentOf({ ...linux, consoles: ['user', 'kernel'], typing }))).toMatchObject({
      consoles: ['user', 'kernel'],
      typing,
    });
    expect(planOf(environmentOf(linux))).not.toHaveProperty('typing');
  });

  test('knows where the kernel’s symbols are, the project’s root before them', () => {
    expect(planOf(environmentOf({ ...linux, symbols: 'out/{arch}/vmlinux' }, 'aarch64')).symbols).toBe(
      path.join(root, 'out/aarch64/vmlinux'),
    );
    expect(planOf(environmentOf({ ...linux, symbols: { arm64: 'vmlinux' } }))).not.toHaveProperty('symbols');
    expect(planOf(environmentOf(linux))).not.toHaveProperty('symbols');
  });

  test('keeps its interrupt log where the configuration says so', () => {
    const kept = listEnvironments({ targets: [linux], keepInterrupts: 'failing' });
    expect(kept.map((environment) => planOf(environment).keepsInterrupts)).toEqual([true, true]);
    expect(planOf(environmentOf(linux))).not.toHaveProperty('keepsInterrupts');
  });

  test('is refused for a network that nobody declared', () => {
    expect(() => planOf(environmentOf(linux), { network: 'lan' })).toThrow(DeclarationError);
  });
});

describe('trace events', () => {
  test('are those of the target, the suite and the case', () => {
    const environment = environmentOf({ ...linux, events: ['pci_cfg_*'] });
    const declared: CaseDeclaration = { run: 'dd', events: { dma_blk_io: { min: 1 } } };
    expect(planned(declared, { events: ['virtio_notify'] }, environment).events).toEqual([
      { pattern: 'pci_cfg_*' },
      { pattern: 'virtio_notify' },
      { pattern: 'dma_blk_io', min: 1 },
    ]);
    expect(planned({ run: 'dd', events: ['dma_blk_io'] }).events).toEqual([{ pattern: 'dma_blk_io' }]);
    expect(planned({ boot: {} }).events).toEqual([]);
  });

  test('are those of the machine’s profile, which a suite may set otherwise, as its other fields', () => {
    const base = environmentOf(linux);
    const environment = { ...base, profile: { ...base.profile, events: ['pci_cfg_*'] } };
    expect(planned({ run: 'dd' }, {}, environment).events).toEqual([{ pattern: 'pci_cfg_*' }]);
    expect(planned({ run: 'dd' }, { machine: { events: [] } }, environment).events).toEqual([]);
  });

  test('make no other machine: a case with events is a clone of the same template', () => {
    expect(planned({ run: 'dd', events: ['dma_blk_io'] }).machine).toEqual(planned({ run: 'dd' }).machine);
  });

  test('are not to be had of a launcher', () => {
    const environment = withImage({ from: 'launcher', command: ['cargo', 'run'] });
    expect(() => plan({ boot: {}, events: ['dma_blk_io'] }, {}, environment)).toThrow(
      'own/x86_64: a launcher starts QEMU with its own arguments: its trace events cannot be read',
    );
  });
});
