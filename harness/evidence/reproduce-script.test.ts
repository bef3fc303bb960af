import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { MachinePlan, MachineSource } from '../machine/plan.ts';
import type { ResolvedMachine } from '../qemu/resolve.ts';
import { reproduceScript } from './reproduce-script.ts';

/** For a host that is busy; nothing here waits for time to pass. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let root: string;
let programs: string;
let temporary: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'reproduce-'));
  [programs, temporary] = [path.join(root, 'programs'), path.join(root, 'tmp')];
  for (const folder of [programs, temporary, path.join(root, "kernel's folder")]) mkdirSync(folder);
  for (const name of ['qemu-system-x86_64', 'qemu-system-aarch64', 'qemu-img']) installProgram(name);
});
afterEach(() => rmSync(root, { recursive: true }));

/** A program that tells its name, where it was started, and its arguments, one a line. */
function installProgram(name: string): void {
  const script = `#!/bin/sh\nprintf '%s\\n' "${name}" "$PWD" "$@" END >> '${path.join(root, 'started')}'\n`;
  writeFileSync(path.join(programs, name), script, { mode: 0o755 });
}

interface Started {
  readonly program: string;
  readonly cwd: string;
  readonly args: readonly string[];
}

/** Runs a script with a real shell, and tells what it started. */
function run(plan: MachinePlan, args: readonly string[] = []): Started[] {
  const file = path.join(root, 'reproduce.sh');
  writeFileSync(file, reproduceScript(plan), { mode: 0o755 });
  const env = { PATH: `${programs}:${process.env.PATH}`, TMPDIR: temporary };
  const { status, stderr } = spawnSync(file, args, { encoding: 'utf8', env, cwd: '/' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { stdout } = spawnSync('cat', [path.join(root, 'started')], { encoding: 'utf8' });
  return stdout
    .split('\nEND\n')
    .slice(0, -1)
    .map((text) => {
      const [program = '', cwd = '', ...words] = text.split('\n');
      return { program, cwd, args: words };
    });
}

function planOf(
  source: MachineSource,
  machine: Partial<ResolvedMachine> = {},
  parts: Partial<MachinePlan> = {},
): MachinePlan {
  return {
    machine: {
      arch: 'x86_64',
      board: 'q35',
      cpu: undefined,
      cpus: 1,
      memoryBytes: 2 ** 28,
      network: { name: 'none', kind: 'none' },
      disks: [],
      firmware: undefined,
      accelerator: 'tcg',
      qemu: [],
      ...machine,
    },
    source,
    consoles: ['user'],
    exitDevice: false,
    ...parts,
  };
}

function kernel(append: string): MachineSource {
  return { kind: 'qemu', raw: false, image: { from: 'kernel', kernel: '/k/vmlinuz', append } };
}

describe('the script of a machine', () => {
  test('is one that a person can read', () => {
    expect(reproduceScript(planOf(kernel('console=ttyS0 quiet'))).split('\n')).toEqual([
      '#!/bin/sh',
      '# The first serial line is this terminal; ^A x ends QEMU. Arguments given to this script are appended, as in -s -S.',
      'exec qemu-system-x86_64 -machine q35 -accel tcg -smp 1 -m 256M -nodefaults -no-user-config -display none -no-reboot -rtc clock=vm ' +
        '-chardev stdio,mux=on,signal=off,id=console0 -serial chardev:console0 -nic none ' +
        '-kernel /k/vmlinuz -append \'console=ttyS0 quiet\' -snapshot "$@"',
      '',
    ]);
  });

  test('starts the architecture’s QEMU, without monitor, and running', () => {
    const [qemu] = run(planOf(kernel('quiet'), { arch: 'aarch64', board: 'virt', cpu: 'cortex-a72' }));
    expect(qemu?.program).toBe('qemu-system-aarch64');
    expect(qemu?.args).toContain('cortex-a72');
    expect(qemu?.args).not.toContain('-mon');
    expect(qemu?.args).not.toContain('-S');
  });

  test('hands over every word as it was, whatever a shell would make of it', () => {
    const append = `a='b c' $HOME \`id\` "x" \\ * ~ ! # ; & | é`;
    const words = ['', "it's", '--', '-device', 'edu,addr=$(id)'];
    const [qemu] = run(planOf(kernel(append), { qemu: words }));
    expect(qemu?.args[qemu.args.indexOf('-append') + 1]).toBe(append);
    expect(qemu?.args.slice(-words.length - 1)).toEqual([...words, '-snapshot']);
  });

  test('appends its own arguments', () => {
    const [qemu] = run(planOf(kernel('quiet')), ['-s', '-S', 'two words']);
    expect(qemu?.args.slice(-4)).toEqual(['-snapshot', '-s', '-S', 'two words']);
  });

  test('shows the first serial line and drops what the others say', () => {
    const [qemu] = run(planOf(kernel('quiet'), {}, { consoles: ['user', 'kernel'] }));
    const chardevs = qemu?.args.filter((_, index) => qemu.args[index - 1] === '-chardev');
    expect(chardevs).toEqual(['stdio,mux=on,signal=off,id=console0', 'null,id=console1']);
  });

  test('never writes to a disk’s source', () => {
    const disk = { name: 'data', source: '/d/data.img', format: 'raw', interface: 'virtio-blk' } as const;
    const [qemu] = run(
      planOf(kernel('quiet'), {
        disks: [
          { ...disk, mode: 'overlay' },
          { ...disk, mode: 'readonly' },
        ],
      }),
    );
    expect(qemu?.args).toContain('-snapshot');
    expect(qemu?.args.filter((arg) => arg.startsWith('file='))).toEqual([
      'file=/d/data.img,format=raw,if=none,id=disk0,cache=unsafe',
      'file=/d/data.img,format=raw,if=none,id=disk1,readonly=on',
    ]);
  });

  test('boots the disk that the image is', () => {
    const [qemu] = run(planOf({ kind: 'qemu', raw: false, image: { from: 'disk', disk: '/i/os.img' } }));
    expect(qemu?.args).toContain('file=/i/os.img,format=raw,if=none,id=boot,cache=unsafe');
  });

  test('makes each scratch disk anew, in a folder of its own', () => {
    const scratch = { name: 'scratch', mode: 'scratch', interface: 'virtio-blk' } as const;
    const disks = [
      { ...scratch, sizeBytes: 2 ** 20 },
      { ...scratch, sizeBytes: 2 ** 21 },
    ];
    const [first, second, qemu] = run(planOf(kernel('quiet'), { disks }));
    expect(first).toMatchObject({
      program: 'qemu-img',
      args: ['create', '-q', '-f', 'qcow2', 'scratch0.qcow2', '1048576'],
    });
    expect(second).toMatchObject({
      program: 'qemu-img',
      args: ['create', '-q', '-f', 'qcow2', 'scratch1.qcow2', '2097152'],
    });
    expect(path.dirname(first?.cwd ?? '')).toBe(temporary);
    expect(qemu?.cwd).toBe(first?.cwd);
    expect(qemu?.args.filter((arg) => arg.startsWith('file='))).toEqual([
      'file=scratch0.qcow2,format=qcow2,if=none,id=disk0,cache=unsafe',
      'file=scratch1.qcow2,format=qcow2,if=none,id=disk1,cache=unsafe',
    ]);
  });

  test('leaves the guest without the harness’s network, and says so', () => {
    const plan = planOf(kernel('quiet'), { network: { name: 'user', kind: 'user', restrict: true } });
    expect(reproduceScript(plan)).toContain("# The harness's own services on the guest's network are not there.");
    expect(run(plan)[0]?.args).toContain('user,restrict=on,id=net0');
  });
});

describe('the script of a launcher', () => {
  const launcher = (command: readonly [string, ...string[]], env = {}): MachinePlan =>
    planOf({ kind: 'launcher', command, cwd: path.join(root, "kernel's folder"), env });

  test('starts it in its folder with its words and environment', () => {
    installProgram('cargo');
    installProgram('env-of');
    const [cargo] = run(launcher(['cargo', 'run', '--', "it's", '']));
    expect(cargo).toEqual({
      program: 'cargo',
      cwd: path.join(root, "kernel's folder"),
      args: ['run', '--', "it's", ''],
    });
    const script = reproduceScript(launcher(['sh', '-c', 'exec env-of "$A" "$B"'], { A: "it's $HOME", B: '' }));
    expect(script).not.toMatch(/"\$@"/);
    const [, told] = run(launcher(['sh', '-c', 'exec env-of "$A" "$B"'], { A: "it's $HOME", B: '' }));
    expect(told?.args).toEqual(["it's $HOME", '']);
  });

  test('has a monitor that QEMU opens by itself: the harness is not there to be looked for', () => {
    installProgram('cargo');
    const [cargo] = run(launcher(['cargo', 'run', '-qmp', 'unix:{qmp}', '-s']));
    expect(cargo?.args).toEqual(['run', '-qmp', expect.stringMatching(/^unix:.*\/qmp,server=on,wait=off$/), '-s']);
    const socket = cargo?.args[2]?.slice('unix:'.length).split(',')[0] ?? '';
    expect(path.dirname(path.dirname(socket))).toBe(temporary);
    expect(readdirSync(path.dirname(socket))).toEqual([]);
  });
});
