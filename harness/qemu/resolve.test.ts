import { describe, expect, test } from 'vitest';
import { archNames } from '../arch/archs.ts';
import { DeclarationError } from '../errors.ts';
import type { MachineProfile } from './profile.ts';
import { type Catalogue, perArch, resolveMachine } from './resolve.ts';

const catalogue: Catalogue = {
  networks: { none: { kind: 'none' }, user: { kind: 'user', restrict: true } },
  disks: {
    data: { mode: 'overlay', source: 'data.ext4' },
    golden: { mode: 'readonly', source: 'golden.qcow2', format: 'qcow2' },
    scratch: { mode: 'scratch', size: '64M' },
    broken: { mode: 'scratch', size: 'plenty' },
  },
};
const least: MachineProfile = { cpus: 1, memory: '256M', network: 'none', disks: [] };

function resolve(
  parts: Partial<MachineProfile>,
  arch: 'x86_64' | 'aarch64' = 'x86_64',
  accelerator: 'tcg' | 'kvm' = 'tcg',
) {
  return resolveMachine({ ...least, ...parts }, arch, accelerator, catalogue);
}

describe('a profile', () => {
  test('leaves nothing to look up', () => {
    expect(resolve({ cpus: 2, memory: '1G', network: 'user', disks: ['scratch', 'data', 'golden'] })).toEqual({
      arch: 'x86_64',
      board: 'q35',
      cpu: undefined,
      cpus: 2,
      memoryBytes: 2 ** 30,
      network: { name: 'user', kind: 'user', restrict: true },
      disks: [
        { name: 'scratch', mode: 'scratch', sizeBytes: 2 ** 26, interface: 'virtio-blk' },
        { name: 'data', mode: 'overlay', source: 'data.ext4', format: 'raw', interface: 'virtio-blk' },
        { name: 'golden', mode: 'readonly', source: 'golden.qcow2', format: 'qcow2', interface: 'virtio-blk' },
      ],
      firmware: undefined,
      accelerator: 'tcg',
      qemu: [],
    });
  });

  test('means the same machine on every architecture, but for what an architecture is', () => {
    const [first, ...others] = archNames.map((arch) => {
      const { arch: _, board: __, cpu: ___, ...rest } = resolve({ network: 'user', disks: ['data'] }, arch);
      return rest;
    });
    for (const other of others) expect(other).toEqual(first);
  });

  test('that names no board or CPU gets the architecture’s own, which depends on the accelerator', () => {
    const { board, cpu } = resolve({}, 'aarch64');
    expect([board, cpu]).toEqual(['virt', 'cortex-a72']);
    expect(resolve({}, 'x86_64', 'kvm').cpu).toBe('host');
    expect(resolve({}, 'aarch64', 'kvm').cpu).toBe('host');
  });

  test('may name a board, a CPU and a firmware for all or for one architecture', () => {
    const parts = { board: 'pc', cpu: { x86_64: 'qemu64' }, firmware: 'firmware/{arch}.fd' };
    expect(resolve(parts, 'x86_64')).toMatchObject({ board: 'pc', cpu: 'qemu64', firmware: 'firmware/x86_64.fd' });
    expect(resolve(parts, 'aarch64')).toMatchObject({
      board: 'pc',
      cpu: 'cortex-a72',
      firmware: 'firmware/aarch64.fd',
    });
  });

  test.each<[Partial<MachineProfile>, RegExp]>([
    [{ network: 'usr' }, /^network: expected "none" \| "user", got "usr" \(did you mean "user"\?\)$/],
    [{ disks: ['data', 'dada'] }, /^disks: expected "data" \| .*got "dada" \(did you mean "data"\?\)$/],
    [{ disks: ['broken'] }, /^disks\.broken\.size: expected a size such as "64M", got "plenty"$/],
    [{ memory: 'lots' }, /^memory: expected a size such as "256M", got "lots"$/],
  ])('with %j is refused by the name of the field', (parts, message) => {
    expect(() => resolve(parts)).toThrow(DeclarationError);
    expect(() => resolve(parts)).toThrow(message);
  });
});

describe('perArch', () => {
  test('takes one value for all, with the architecture filled in wherever it is asked for', () => {
    expect(perArch('{arch}/kernel-{arch}', 'aarch64')).toBe('aarch64/kernel-aarch64');
  });

  test('takes the architecture’s own value', () => {
    expect(perArch({ x86_64: 'bzImage', aarch64: 'Image-{arch}' }, 'aarch64')).toBe('Image-aarch64');
  });

  test.each(['arm64', 'ARM64', 'armv8'])('understands %s as people spell it', (spelling) => {
    expect(perArch({ amd64: 'bzImage', [spelling]: 'Image' }, 'aarch64')).toBe('Image');
  });

  test('is absent where there is none for this architecture', () => {
    expect(perArch({ x86_64: 'bzImage' }, 'aarch64')).toBeUndefined();
    expect(perArch(undefined, 'aarch64')).toBeUndefined();
  });
});
