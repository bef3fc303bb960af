import { chownSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { calamityConfig, calamityImages, kernelConfig } from '../testing/project.ts';
import type { Start } from '../testing/qemu-wrapper.ts';
import { FOUND_ON_ONE, MADE_ON_ONE, ON_ONE, shellSuite, TemplateProject } from '../testing/template-project.ts';

let made: TemplateProject;

beforeEach(() => {
  made = new TemplateProject();
});

afterEach(() => made[Symbol.asyncDispose]());

/** A machine for each of two cases. */
const BOOTED: readonly Start[] = ['boot', 'boot'];

/** Runs with a cache on a small disk of its own: as any user may, in a namespace where that user is root. */
const onSmallDisk = (size: string) => {
  mkdirSync(made.project.cache);
  const mount = `mount -t tmpfs -o size=${size} tmpfs '${made.project.cache}' && exec "$@"`;
  return ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', mount, 'sh'] as const;
};

/** Enough for QEMU to load the kernel, not for firmware and kernel to run. */
const ROOM_FOR_KERNEL = '512K';

const namespaces = await execa('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/tmp'], { reject: false });

describe('where nothing can be kept, machines are booted and the run says why:', () => {
  test('the cache is a file', async () => {
    made.project.write('cache', 'in the way');
    made.expectBooted(await made.run([...ON_ONE]), /EEXIST|ENOTDIR/, BOOTED);
  });

  test.skipIf(process.getuid?.() !== 0)('the cache belongs to another user (only root can make one)', async () => {
    mkdirSync(made.project.cache);
    chownSync(made.project.cache, 12_345, 12_345);
    made.expectBooted(await made.run([...ON_ONE]), /cache belongs to another user \(uid 12345\)/, BOOTED);
  });

  test('the limit is below the RAM of one machine', async () => {
    const ended = await made.run([...ON_ONE], { TWINBOOT_CACHE_LIMIT: '32M' });
    made.expectBooted(ended, /its RAM \(64 MiB\) is more than the cache may hold \(32 MiB\)/, BOOTED);
  });

  test('a file may not be as large as the RAM', async () => {
    const command = ['prlimit', `--fsize=${16 * 2 ** 20}`] as const;
    const ended = await made.project.twinbootUnder(command, ON_ONE, made.qemu.path);
    made.expectBooted(ended, /QEMU ended by SIGXFSZ before it ran the guest/, ['boot', 'boot', 'template']);
  });

  test('the disk is full when the state is written', async () => {
    made.qemu.runBefore(`[ $start = boot ] || ln -s /dev/full "$template/state"`);
    made.expectBooted(await made.run([...ON_ONE]), /ENOSPC/, ['boot', 'boot', 'template']);
  });

  describe.skipIf(namespaces.failed)('on a disk of its own (where users may mount one)', () => {
    test('the disk has no room for the RAM', async () => {
      const ended = await made.project.twinbootUnder(onSmallDisk('80M'), ON_ONE, made.qemu.path);
      made.expectBooted(ended, /80 MiB are free in \S+, and its RAM takes up to 64 MiB/, BOOTED);
    });

    test('the disk fills up while the guest writes its RAM, which ends QEMU by SIGBUS', async () => {
      made.qemu.runBefore(`
if [ $start = template ]; then
  dd if=/dev/zero of='${made.project.cache}/filler' bs=4k status=none 2>&-
  truncate --size=-${ROOM_FOR_KERNEL} '${made.project.cache}/filler'
fi`);
      const ended = await made.project.twinbootUnder(onSmallDisk('200M'), ON_ONE, made.qemu.path);
      made.expectBooted(ended, /QEMU was ended by SIGBUS, not by the guest/, ['boot', 'boot', 'template']);
    });

    test('and where there is just room, machines are cloned', async () => {
      const ended = await made.project.twinbootUnder(onSmallDisk('200M'), ON_ONE, made.qemu.path);
      made.expectPass(ended, MADE_ON_ONE);
    });
  });
});

describe('where QEMU cannot clone a machine, it is booted and the run says why, in QEMU’s words:', () => {
  const configure = (machine: string) =>
    made.project.write('vitest.config.ts', calamityConfig(`machine: { memory: '64M', ${machine} },`));

  test('a device that is not migratable', async () => {
    configure(`qemu: ['-device', 'nvme,serial=a']`);
    made.expectBooted(await made.run([...ON_ONE]), /State blocked by non-migratable device '\S*nvme'/, [
      'boot',
      'boot',
      'template',
    ]);
    const again = await made.run([...ON_ONE]);
    made.expectBooted(again, /State blocked by non-migratable device '\S*nvme'/, BOOTED);
  });

  test('memory shared with others', async () => {
    const backend = `memory-backend-file,id=shared,mem-path=shared.ram,size=1M,share=on`;
    configure(`qemu: ['-object', '${backend}', '-device', 'ivshmem-plain,memdev=shared,master=on']`);
    const because = /its memory backend shared is declared in raw QEMU arguments with share=on/;
    made.expectBooted(await made.run([...ON_ONE]), because, ['boot', 'boot', 'template']);
  });

  test('a writable drive in raw arguments', async () => {
    made.project.write('tools.img', '\0'.repeat(2 ** 20));
    configure(
      `qemu: ['-drive', 'file=tools.img,format=raw,if=none,id=tools', '-device', 'virtio-blk-pci,drive=tools']`,
    );
    const because = /its writable drive tools \(\S*tools\.img\) is declared in raw QEMU arguments/;
    made.expectBooted(await made.run([...ON_ONE]), because, ['boot', 'boot', 'template']);
  });

  test('but a read-only drive is cloned, and made anew when the file is another', async () => {
    made.project.write('tools.img', '\0'.repeat(2 ** 20));
    configure(
      `qemu: ['-drive', 'file=tools.img,format=raw,if=none,id=tools,readonly=on', '-device', 'virtio-blk-pci,drive=tools']`,
    );
    made.expectPass(await made.run([...ON_ONE]), MADE_ON_ONE);
    made.expectPass(await made.run([...ON_ONE]), FOUND_ON_ONE);
    made.project.write('tools.img', '\u0001'.repeat(2 ** 20));
    made.expectPass(await made.run([...ON_ONE]), MADE_ON_ONE);
  });

  test('a QEMU that does not know x-ignore-shared', async () => {
    made.qemu.runBefore(`qemu="${made.qemu.writeMonitorProxy({ 'x-ignore-shared': 'x-ignore-nothing' })} $qemu"`);
    made.expectBooted(await made.run([...ON_ONE]), /migrate-set-capabilities.*x-ignore-nothing/, [
      'boot',
      'boot',
      'template',
    ]);
  });

  test('a launcher, which starts QEMU itself', async () => {
    const launcher = (arch: string, kernel: string) =>
      `{ from: 'launcher', command: ['qemu-system-${arch}', '-M', ${
        arch === 'x86_64' ? `'q35'` : `'virt', '-cpu', 'cortex-a72'`
      }, '-m', '64', '-nodefaults', '-display', 'none', '-no-reboot', '-serial', 'stdio', '-monitor', 'none', '-kernel', '${calamityImages}/${arch}/${kernel}'] }`;
    const images = `images: { x86_64: ${launcher('x86_64', 'calamity.elf')}, aarch64: ${launcher('aarch64', 'calamity.img')} }`;
    made.project.write('vitest.config.ts', kernelConfig([`name: 'calamity', ${images}, machine: {}`]));
    const ended = await made.run([...ON_ONE]);
    made.expectBooted(ended, /calamity\/x86_64: .*: a launcher starts QEMU itself/, BOOTED);
    expect(existsSync(made.project.cache)).toBe(false);
  });
});

test('a QEMU without a sandbox makes templates and clones all the same', async () => {
  made.qemu.runBefore(`
case "$*" in *-sandbox*)
  sed -i '$d' '${path.join(made.project.folder, 'bin/starts')}'
  echo 'qemu: -sandbox on: -sandbox support is not enabled in this QEMU binary' >&2
  exit 1 ;;
esac`);
  made.expectPass(await made.run([...ON_ONE]), MADE_ON_ONE);
  made.expectPass(await made.run([...ON_ONE]), FOUND_ON_ONE);
});

test('a fresh machine for each case asks for no template', async () => {
  made.project.write('suites/shell.suite.ts', shellSuite({ suite: `isolation: 'fresh',` }));
  made.expectPass(await made.run([...ON_ONE]), BOOTED);
  expect(made.templates).toEqual([]);
});
