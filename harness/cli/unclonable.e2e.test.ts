import { chownSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MachineProfile } from '../qemu/profile.ts';
import { calamityConfig, calamityImages, kernelConfig } from '../testing/project.ts';
import type { Start } from '../testing/qemu-wrapper.ts';
import { FOUND_ON_ONE, MADE_ON_ONE, ON_ONE, SHELL_SUITE, TemplateProject } from '../testing/template-project.ts';

let made: TemplateProject;

beforeEach(() => {
  made = new TemplateProject();
});

afterEach(() => made[Symbol.asyncDispose]());

/** A machine for each of two cases. */
const BOOTED: readonly Start[] = ['boot', 'boot'];
/** The same when it took a template to find out. */
const TRIED: readonly Start[] = ['boot', 'boot', 'template'];

const namespaces = await execa('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/tmp'], { reject: false });

describe('where nothing can be kept, machines are booted and the run says why:', () => {
  test('the cache is a file', async () => {
    made.project.write('cache', 'in the way');
    made.expectBooted(await made.run(), /EEXIST|ENOTDIR/, BOOTED);
  });

  test.skipIf(process.getuid?.() !== 0)('the cache belongs to another user (only root can make one)', async () => {
    mkdirSync(made.project.cache);
    chownSync(made.project.cache, 12_345, 12_345);
    made.expectBooted(await made.run(), /cache belongs to another user \(uid 12345\)/, BOOTED);
  });

  test('the limit is below the RAM of one machine', async () => {
    const outcome = await made.run({ env: { TWINBOOT_CACHE_LIMIT: '32M' } });
    made.expectBooted(outcome, /its RAM \(64 MiB\) is more than the cache may hold \(32 MiB\)/, BOOTED);
  });

  test('a file may not be as large as the RAM', async () => {
    made.qemu.runBefore(`qemu="prlimit --fsize=${16 * 2 ** 20} $qemu"`);
    made.expectBooted(await made.run(), /QEMU ended by SIGXFSZ before it ran the guest/, TRIED);
  });

  test('the disk is full when the state is written', async () => {
    made.qemu.runBefore(`[ $start = boot ] || ln -s /dev/full "$template/state"`);
    made.expectBooted(await made.run(), /ENOSPC/, TRIED);
  });

  test.skipIf(namespaces.failed)(
    'a disk (where users may mount one) without room for the RAM, or that fills up while the guest writes it, which ends QEMU by SIGBUS; where there is just room, machines are cloned',
    async () => {
      made.project.write(
        'vitest.config.ts',
        kernelConfig([
          `name: 'large', machine: { memory: '192M' }`,
          `name: 'unlucky', machine: { memory: '64M', qemu: ['-name', 'unlucky'] }`,
          `name: 'fitting'`,
        ]),
      );
      const filler = path.join(made.project.cache, 'filler');
      made.qemu.runBefore(`
rm -f '${filler}'
case "$start $*" in "template "*unlucky*)
  dd if=/dev/zero of='${filler}' bs=4k status=none 2>&-
  truncate --size=-${ROOM_FOR_KERNEL} '${filler}'
esac`);
      const ended = await made.project.twinbootUnder(onSmallDisk('200M'), ON_ONE, made.env);
      const outcome = made.outcomeOf(ended);
      expect(outcome.verdicts).toEqual(
        ['large', 'unlucky', 'fitting'].flatMap(() => ['first', 'second'].map((name) => [name, { kind: 'pass' }])),
      );
      expect([...outcome.notices].sort()).toEqual([
        expect.stringMatching(/^large\/.*: (1\d\d(\.\d)?|200) MiB are free in \S+, and its RAM takes up to 192 MiB/),
        expect.stringMatching(/^unlucky\/.*: QEMU was ended by SIGBUS, not by the guest/),
      ]);
      expect(made.qemu.takeStarts()).toEqual([...BOOTED, ...TRIED, ...MADE_ON_ONE].sort());
    },
  );
});

/** Runs with a cache on a small disk of its own: as any user may, in a namespace where that user is root. */
function onSmallDisk(size: string) {
  mkdirSync(made.project.cache);
  const mount = `mount -t tmpfs -o size=${size} tmpfs '${made.project.cache}' && exec "$@"`;
  return ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', mount, 'sh'] as const;
}

/** Enough for QEMU to load the kernel, not for firmware and kernel to run. */
const ROOM_FOR_KERNEL = '512K';

describe('where QEMU cannot clone a machine, it is booted and the run says why, in QEMU’s words:', () => {
  const runWith = (machine: Partial<MachineProfile>) =>
    made.run({ target: { machine: { memory: '64M', ...machine } } });

  test('a device that is not migratable; the command says what an earlier run has found out', async () => {
    const because = /^calamity\/x86_64: .*State blocked by non-migratable device '\S*nvme'/s;
    made.expectBooted(await runWith({ qemu: ['-device', 'nvme,serial=a'] }), because, TRIED);
    const nvme = `machine: { memory: '64M', qemu: ['-device', 'nvme,serial=a'] },`;
    made.project.write('vitest.config.ts', calamityConfig(nvme));
    made.expectBooted(await made.runByCommand(ON_ONE), because, BOOTED);
  });

  test('memory shared with others', async () => {
    const backend = 'memory-backend-file,id=shared,mem-path=shared.ram,size=1M,share=on';
    const outcome = await runWith({ qemu: ['-object', backend, '-device', 'ivshmem-plain,memdev=shared,master=on'] });
    const because = /its memory backend shared is declared in raw QEMU arguments with share=on/;
    made.expectBooted(outcome, because, TRIED);
  });

  /** A drive in raw arguments, and its content. */
  const runWithDrive = (content: string, options = '') => {
    made.project.write('tools.img', content.repeat(2 ** 20));
    const drive = `file=tools.img,format=raw,if=none,id=tools${options}`;
    return runWith({ qemu: ['-drive', drive, '-device', 'virtio-blk-pci,drive=tools'] });
  };

  test('a writable drive in raw arguments', async () => {
    const because = /its writable drive tools \(\S*tools\.img\) is declared in raw QEMU arguments/;
    made.expectBooted(await runWithDrive('\0'), because, TRIED);
  });

  test('but a read-only drive is cloned, and made anew when the file is another', async () => {
    made.expectPass(await runWithDrive('\0', ',readonly=on'), MADE_ON_ONE);
    made.expectPass(await runWithDrive('\0', ',readonly=on'), FOUND_ON_ONE);
    made.expectPass(await runWithDrive('\u0001', ',readonly=on'), MADE_ON_ONE);
  });

  test('a QEMU that does not know x-ignore-shared', async () => {
    made.qemu.runBefore(`qemu="${made.qemu.writeMonitorProxy({ 'x-ignore-shared': 'x-ignore-nothing' })} $qemu"`);
    made.expectBooted(await made.run(), /migrate-set-capabilities.*x-ignore-nothing/, TRIED);
  });

  test('a launcher, which starts QEMU itself', async () => {
    const kernel = path.join(calamityImages, 'x86_64/calamity.elf');
    const fixed = '-M q35 -m 64 -nodefaults -display none -no-reboot -serial stdio -monitor none -kernel'.split(' ');
    const image = { from: 'launcher', command: ['qemu-system-x86_64', ...fixed, kernel] } as const;
    const outcome = await made.run({ target: { images: { x86_64: image }, machine: {} } });
    made.expectBooted(outcome, /calamity\/x86_64: .*: a launcher starts QEMU itself/, BOOTED);
    expect(existsSync(made.project.cache)).toBe(false);
  });
});

// By the command, in two files: each process finds out for itself what its QEMU lacks, one with a template, one with a clone.
test('a QEMU without a sandbox makes templates and clones all the same', async () => {
  made.project.write('suites/again.suite.ts', SHELL_SUITE);
  made.qemu.runBefore(`
case "$*" in *-sandbox*)
  sed -i '$d' bin/starts
  echo $start >> refused
  echo 'qemu: -sandbox on: -sandbox support is not enabled in this QEMU binary' >&2
  exit 1 ;;
esac`);
  made.expectPass(await made.runByCommand(ON_ONE), [...FOUND_ON_ONE, ...MADE_ON_ONE]);
  expect(made.project.read('refused')).toBe('template\nclone\n');
});

test('a fresh machine for each case asks for no template', async () => {
  made.expectPass(await made.run({ suite: { isolation: 'fresh' } }), BOOTED);
  expect(made.templates).toEqual([]);
});
