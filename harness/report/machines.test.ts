import { describe, expect, it } from 'vitest';
import { environment } from '../testing/results.ts';
import { machineDifferences } from './machines.ts';

function differences(...machines: Record<string, unknown>[]) {
  const ids = ['linux/x86_64', 'linux/aarch64', 'linux/x86_64/smp'];
  const environments = machines.map((machine, index) => environment(ids[index] ?? '', machine));
  return Object.fromEntries(machineDifferences(environments).map(({ field, values }) => [field, values]));
}

const overlay = { name: 'root', mode: 'overlay', source: 'out/root.img', interface: 'virtio-blk' };

describe('machineDifferences', () => {
  it('finds nothing between machines that differ by architecture alone', () => {
    const x86 = { board: 'q35', cpu: undefined, disks: [{ ...overlay, source: 'out/x86_64/root.img' }], qemu: [] };
    const arm = { board: 'virt', cpu: 'cortex-a72', disks: [{ ...overlay, source: 'out/aarch64/root.img' }], qemu: [] };
    expect(differences(x86, arm)).toEqual({});
  });

  it('names a network card that one machine lacks as one difference', () => {
    const user = { name: 'user', kind: 'user', restrict: true };
    expect(differences({ network: user }, { network: { name: 'none', kind: 'none' } })).toEqual({
      network: ['user (restrict true)', 'none'],
    });
  });

  it('names the field of a disk that is there on both sides', () => {
    expect(differences({ disks: [overlay] }, { disks: [{ ...overlay, mode: 'readonly' }] })).toEqual({
      'disks.root.mode': ['overlay', 'readonly'],
    });
  });

  it('names a disk that is there on one side', () => {
    const scratch = { name: 'spare', mode: 'scratch', sizeBytes: 2 ** 26, interface: 'virtio-blk' };
    expect(differences({ disks: [overlay, scratch] }, { disks: [overlay] })).toEqual({
      'disks.spare': ['spare (mode scratch, sizeBytes 64 MiB, interface virtio-blk)', 'none'],
    });
    expect(differences({ disks: [overlay] }, { disks: [] })).toEqual({
      'disks.root': ['root (mode overlay, source out/root.img, interface virtio-blk)', 'none'],
    });
  });

  it('compares lists of words as they are', () => {
    expect(differences({ qemu: ['-device', 'edu'] }, { qemu: [] })).toEqual({ qemu: ['-device edu', 'none'] });
  });

  it('shows sizes as people write them', () => {
    expect(differences({ memoryBytes: 2 ** 28, cpus: 1 }, { memoryBytes: 2 ** 30, cpus: 4 })).toEqual({
      memoryBytes: ['256 MiB', '1024 MiB'],
      cpus: ['1', '4'],
    });
  });

  it('compares the CPU model between machines of one architecture', () => {
    const plain = environment('linux/x86_64', { cpu: 'max' });
    const old = environment('linux/x86_64/old', { cpu: 'qemu64' });
    expect(machineDifferences([plain, old])).toEqual([{ field: 'cpu', values: ['max', 'qemu64'] }]);
  });

  it('gives a value for each of three machines', () => {
    expect(differences({ firmware: 'ovmf.fd' }, {}, { firmware: 'ovmf.fd' })).toEqual({
      firmware: ['ovmf.fd', 'none', 'ovmf.fd'],
    });
  });
});
