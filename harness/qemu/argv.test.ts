import { describe, expect, test } from 'vitest';
import type { Arch } from '../arch/archs.ts';
import { type BootImage, escapeOptionValue, qemuArgv, type Wiring } from './argv.ts';
import type { ResolvedDisk, ResolvedMachine } from './resolve.ts';

const linux: BootImage = {
  from: 'kernel',
  kernel: '/k/vmlinuz',
  initrd: '/k/initramfs',
  append: 'console=ttyS0 quiet',
};

/** Wired as the harness does it, to inherited file descriptors. */
const wired: Wiring = {
  monitor: 'socket,fd=3',
  consoles: ['socket,fd=4'],
  disks: [],
  services: undefined,
  startStopped: true,
  sandbox: true,
  exitDevice: false,
};

const overlay: ResolvedDisk = {
  name: 'data',
  mode: 'overlay',
  source: '/d/data.ext4',
  format: 'raw',
  interface: 'virtio-blk',
};
const readonly: ResolvedDisk = {
  name: 'tools',
  mode: 'readonly',
  source: '/d/tools.img',
  format: 'raw',
  interface: 'virtio-blk',
};
const scratch: ResolvedDisk = { name: 'scratch', mode: 'scratch', sizeBytes: 2 ** 26, interface: 'virtio-blk' };

function machine(arch: Arch, parts: Partial<ResolvedMachine> = {}): ResolvedMachine {
  return {
    arch,
    board: arch === 'x86_64' ? 'q35' : 'virt',
    cpu: arch === 'x86_64' ? undefined : 'cortex-a72',
    cpus: 1,
    memoryBytes: 2 ** 28,
    network: { name: 'none', kind: 'none' },
    disks: [],
    firmware: undefined,
    accelerator: 'tcg',
    qemu: [],
    ...parts,
  };
}

/** One option and its value a line, as a person would read them. */
function golden(argv: readonly string[]): string[] {
  return argv.reduce<string[]>((lines, word) => {
    if (word.startsWith('-') || lines.length === 0) lines.push(word);
    else lines.push(`${lines.pop()} ${word}`);
    return lines;
  }, []);
}

function argvOf(parts: Partial<ResolvedMachine> = {}, image = linux, wiring: Partial<Wiring> = {}): string[] {
  return golden(qemuArgv(machine('x86_64', parts), image, { ...wired, ...wiring }));
}

describe('debug ports', () => {
  const ports = { post: 'socket,fd=5', e9: 'socket,fd=6', 402: 'socket,fd=7' };

  test('are devices on x86-64', () => {
    const argv = argvOf({}, linux, { ports });
    expect(argv).toEqual(
      expect.arrayContaining([
        '-chardev socket,fd=5,id=port-post',
        '-device isa-debugcon,iobase=0x80,chardev=port-post',
        '-chardev socket,fd=6,id=port-e9',
        '-device isa-debugcon,iobase=0xe9,chardev=port-e9',
        '-chardev socket,fd=7,id=port-402',
        '-device isa-debugcon,iobase=0x402,chardev=port-402',
      ]),
    );
    expect(argvOf().filter((option) => option.includes('debugcon'))).toEqual([]);
  });

  test('are the semihosting console on arm64, beside the exit device; the others are not there', () => {
    const argv = golden(qemuArgv(machine('aarch64'), linux, { ...wired, exitDevice: true, ports }));
    expect(argv.filter((option) => /port-|semihosting/.test(option))).toEqual([
      '-semihosting-config enable=on,target=native',
      '-chardev socket,fd=5,id=port-post',
      '-semihosting-config enable=on,target=native,chardev=port-post',
    ]);
  });
});

test('function probes are of one byte each, and every block of code is looked up', () => {
  const log = (probes: readonly string[]) =>
    golden(qemuArgv(machine('x86_64'), linux, { ...wired, interruptLog: '/f', probes })).filter((option) =>
      /^-(?:d|dfilter|D) /.test(option),
    );
  expect(log(['0x101600', '0xffffffff81000000'])).toEqual([
    '-d int,cpu_reset,exec,cpu,nochain',
    '-dfilter 0x101600+1,0xffffffff81000000+1',
    '-D /f',
  ]);
  expect(log([])).toEqual(['-d int,cpu_reset', '-D /f']);
});

describe('the least machine', () => {
  test('on x86-64', () => {
    expect(golden(qemuArgv(machine('x86_64'), linux, wired))).toEqual([
      '-machine q35',
      '-accel tcg',
      '-smp 1',
      '-m 256M',
      '-nodefaults',
      '-no-user-config',
      '-display none',
      '-no-reboot',
      '-rtc clock=vm',
      '-chardev socket,fd=3,id=monitor',
      '-mon chardev=monitor,mode=control',
      '-chardev socket,fd=4,id=console0',
      '-serial chardev:console0',
      '-nic none',
      '-kernel /k/vmlinuz',
      '-initrd /k/initramfs',
      '-append console=ttyS0 quiet',
      '-sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
      '-S',
    ]);
  });

  test('on arm64', () => {
    expect(golden(qemuArgv(machine('aarch64'), { ...linux, append: 'console=ttyAMA0' }, wired))).toEqual([
      '-machine virt',
      '-accel tcg',
      '-cpu cortex-a72',
      '-smp 1',
      '-m 256M',
      '-nodefaults',
      '-no-user-config',
      '-display none',
      '-no-reboot',
      '-rtc clock=vm',
      '-chardev socket,fd=3,id=monitor',
      '-mon chardev=monitor,mode=control',
      '-chardev socket,fd=4,id=console0',
      '-serial chardev:console0',
      '-nic none',
      '-kernel /k/vmlinuz',
      '-initrd /k/initramfs',
      '-append console=ttyAMA0',
      '-sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
      '-S',
    ]);
  });
});

describe('a machine with everything', () => {
  const everything: Partial<ResolvedMachine> = {
    cpus: 4,
    memoryBytes: 2 ** 30,
    accelerator: 'kvm',
    cpu: 'host',
    firmware: '/f/firmware.fd',
    network: { name: 'user', kind: 'user', restrict: true },
    disks: [overlay, readonly, scratch],
    qemu: ['-device', 'edu'],
  };
  const everywhere: Wiring = {
    monitor: 'socket,fd=3',
    consoles: ['socket,fd=4', 'socket,fd=5'],
    disks: [
      { path: '/run/disk0.qcow2', format: 'qcow2', readonly: false },
      { path: '/d/tools.img', format: 'raw', readonly: true },
      { path: '/run/disk2.qcow2', format: 'qcow2', readonly: false },
    ],
    services: 'socket,fd=6',
    startStopped: true,
    sandbox: true,
    exitDevice: true,
  };
  const common = [
    '-cpu host',
    '-smp 4',
    '-m 1024M',
    '-nodefaults',
    '-no-user-config',
    '-display none',
    '-no-reboot',
    '-rtc clock=vm',
    '-bios /f/firmware.fd',
    '-chardev socket,fd=3,id=monitor',
    '-mon chardev=monitor,mode=control',
    '-chardev socket,fd=4,id=console0',
    '-serial chardev:console0',
    '-chardev socket,fd=5,id=console1',
    '-serial chardev:console1',
    '-drive file=/run/disk0.qcow2,format=qcow2,if=none,id=disk0,cache=unsafe',
    '-device virtio-blk-pci,drive=disk0',
    '-drive file=/d/tools.img,format=raw,if=none,id=disk1,readonly=on',
    '-device virtio-blk-pci,drive=disk1',
    '-drive file=/run/disk2.qcow2,format=qcow2,if=none,id=disk2,cache=unsafe',
    '-device virtio-blk-pci,drive=disk2',
    '-netdev socket,fd=6,id=net0',
    '-device virtio-net-pci,romfile=,netdev=net0',
    '-kernel /k/kernel.elf',
  ];
  const image: BootImage = { from: 'kernel', kernel: '/k/kernel.elf' };

  test('on x86-64', () => {
    expect(golden(qemuArgv(machine('x86_64', everything), image, everywhere))).toEqual([
      '-machine q35',
      '-accel kvm',
      ...common,
      '-device isa-debug-exit,iobase=0xf4,iosize=4',
      '-device edu',
      '-sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
      '-S',
    ]);
  });

  test('on arm64', () => {
    expect(golden(qemuArgv(machine('aarch64', everything), image, everywhere))).toEqual([
      '-machine virt',
      '-accel kvm',
      ...common,
      '-semihosting-config enable=on,target=native',
      '-device edu',
      '-sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
      '-S',
    ]);
  });
});

describe('the network', () => {
  test('named none has no card, not even the board’s own', () => {
    expect(argvOf()).toContain('-nic none');
  });

  test('that is restricted leads to the harness', () => {
    const argv = argvOf({ network: { name: 'user', kind: 'user', restrict: true } }, linux, {
      services: 'socket,fd=5',
    });
    expect(argv).toContain('-netdev socket,fd=5,id=net0');
    expect(argv).not.toContain('-nic none');
  });

  test('that is restricted stays so where the harness is not there', () => {
    const argv = argvOf({ network: { name: 'user', kind: 'user', restrict: true } });
    expect(argv).toContain('-netdev user,restrict=on,id=net0');
  });

  test('that is open leads to the host’s, whatever the harness offers', () => {
    const argv = argvOf({ network: { name: 'user-open', kind: 'user', restrict: false } }, linux, {
      services: 'socket,fd=5',
    });
    expect(argv).toContain('-netdev user,id=net0');
  });
});

describe('an image', () => {
  test('with a device tree of its own hands it to the kernel', () => {
    expect(argvOf({}, { from: 'kernel', kernel: '/k/Image', dtb: '/k/board.dtb' }).slice(-4)).toEqual([
      '-kernel /k/Image',
      '-dtb /k/board.dtb',
      '-sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
      '-S',
    ]);
  });

  test('on a CD is the first thing that the firmware boots', () => {
    expect(argvOf({}, { from: 'cdrom', iso: '/i/os.iso' }).slice(-4)).toEqual([
      '-drive file=/i/os.iso,format=raw,media=cdrom,readonly=on',
      '-boot d',
      '-sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
      '-S',
    ]);
  });

  test('on a disk comes before the machine’s other disks', () => {
    const argv = argvOf(
      { disks: [scratch] },
      { from: 'disk', disk: '/i/os.img' },
      {
        disks: [{ path: '/run/disk0.qcow2', format: 'qcow2', readonly: false }],
        bootDisk: { path: '/run/boot.qcow2', format: 'qcow2', readonly: false },
      },
    );
    expect(argv).toContain('-drive file=/run/boot.qcow2,format=qcow2,if=none,id=boot,cache=unsafe');
    expect(argv).toContain('-device virtio-blk-pci,bootindex=0,drive=boot');
    expect(argv.join('\n')).not.toContain('/i/os.img');
  });
});

describe('a comma in a path', () => {
  test('is doubled where QEMU splits options, and nowhere else', () => {
    const argv = argvOf(
      { disks: [overlay], firmware: '/f/a,b.fd' },
      { from: 'kernel', kernel: '/k/a,b', initrd: '/k/c,d', append: 'root=a,b' },
      { disks: [{ path: '/run/x,readonly=on/disk0.qcow2', format: 'qcow2', readonly: false }] },
    );
    expect(argv).toContain('-drive file=/run/x,,readonly=on/disk0.qcow2,format=qcow2,if=none,id=disk0,cache=unsafe');
    expect(argv).toEqual(
      expect.arrayContaining(['-bios /f/a,b.fd', '-kernel /k/a,b', '-initrd /k/c,d', '-append root=a,b']),
    );
  });

  test('is doubled in the path of a CD', () => {
    const argv = argvOf({}, { from: 'cdrom', iso: '/i/os,1.iso' });
    expect(argv).toContain('-drive file=/i/os,,1.iso,format=raw,media=cdrom,readonly=on');
  });

  test.each([
    ['plain', 'plain'],
    ['a,b', 'a,,b'],
    [',,', ',,,,'],
  ])('%j becomes %j', (value, escaped) => {
    expect(escapeOptionValue(value)).toBe(escaped);
  });
});

describe('the wiring', () => {
  test('has no monitor where none is wanted, and starts at once', () => {
    const argv = argvOf({}, linux, { monitor: undefined, startStopped: false });
    expect(argv.filter((line) => line.startsWith('-mon') || line === '-S')).toEqual([]);
  });

  test('gives the guest no exit device unless it is asked for', () => {
    for (const arch of ['x86_64', 'aarch64'] as const) {
      expect(qemuArgv(machine(arch), linux, wired).join(' ')).not.toMatch(/isa-debug-exit|semihosting/);
    }
  });
});

test('the same machine gives the same arguments', () => {
  const once = qemuArgv(machine('x86_64', { disks: [scratch] }), linux, wired);
  expect(qemuArgv(machine('x86_64', { disks: [scratch] }), linux, wired)).toEqual(once);
});

describe('QEMU’s sandbox', () => {
  test('is left out where QEMU has none', () => {
    expect(argvOf({}, linux, { sandbox: false }).join(' ')).not.toContain('-sandbox');
  });

  test('gives way to one that the profile declares', () => {
    const argv = argvOf({ qemu: ['-sandbox', 'off'] });
    expect(argv.filter((argument) => argument.startsWith('-sandbox'))).toEqual(['-sandbox off']);
  });
});

describe('a machine with its RAM in a file', () => {
  test('writes to it when a template is made', () => {
    const argv = argvOf({}, linux, { memory: { path: '/t/a,b/ram', pages: 'written' } });
    expect(argv).toContain('-machine q35,memory-backend=ram');
    expect(argv).toContain(`-object memory-backend-file,id=ram,mem-path=/t/a,,b/ram,size=${256 * 2 ** 20},share=on`);
  });

  test('reads it in a clone, which takes its state from the monitor’s word and not from the image', () => {
    const clone: Partial<Wiring> = { memory: { path: '/t/ram', pages: 'copied' }, incoming: true };
    expect(argvOf({}, linux, clone).join(' ')).toMatch(
      /share=off .*-kernel \/k\/vmlinuz -sandbox .* -S -incoming defer$/,
    );
    const arm64 = qemuArgv(machine('aarch64'), linux, { ...wired, ...clone });
    expect(arm64).not.toContain('-kernel');
    expect(arm64.slice(-2)).toEqual(['-incoming', 'defer']);
  });
});
