import { describe, expect, test } from 'vitest';
import { choosePackages, parseDependencies } from './choose-packages.mjs';
import { guestTable } from './guest-table.mjs';

const specOf = (wanted) => guestTable.packages.find(({ role }) => role === wanted);
const archive = (packages) => async (name) => packages[name];

describe('choosePackages', () => {
  test("follows Debian's metapackage to the newest kernel", async () => {
    const debian = archive({
      'linux-image-cloud-arm64': ['linux-image-6.1.0-49-cloud-arm64'],
      'linux-image-6.1.0-49-cloud-arm64': ['kmod', 'linux-base', 'initramfs-tools'],
    });
    expect(await choosePackages(specOf('linux'), 'aarch64', debian)).toEqual(['linux-image-6.1.0-49-cloud-arm64']);
  });

  test("follows Ubuntu's to the kernel and the package of its modules", async () => {
    const ubuntu = archive({
      'linux-image-virtual': ['linux-image-6.8.0-31-generic'],
      'linux-image-6.8.0-31-generic': ['kmod', 'linux-base', 'linux-modules-6.8.0-31-generic'],
      'linux-modules-6.8.0-31-generic': [],
    });
    const expected = ['linux-image-6.8.0-31-generic', 'linux-modules-6.8.0-31-generic'];
    expect(await choosePackages(specOf('linux'), 'x86_64', ubuntu)).toEqual(expected);
  });

  test('takes the first candidate that exists', async () => {
    const noble = archive({ 'libgcc-13-dev': [], 'libgcc-14-dev': [] });
    expect(await choosePackages(specOf('libgcc'), 'x86_64', noble)).toEqual(['libgcc-13-dev']);
  });

  test('finds nothing in an empty archive', async () => {
    expect(await choosePackages(specOf('musl'), 'x86_64', archive({}))).toBeUndefined();
  });
});

describe('parseDependencies', () => {
  test('reads what is depended on, with alternatives, and not what is recommended', () => {
    const words = [
      'linux-image-cloud-amd64',
      '  Depends: linux-image-6.1.0-49-cloud-amd64',
      ' |Depends: <initramfs-tools>',
      '    dracut',
      '  Recommends: apparmor',
    ];
    expect(parseDependencies(words.join('\n'))).toEqual(['linux-image-6.1.0-49-cloud-amd64', 'initramfs-tools']);
  });
});
