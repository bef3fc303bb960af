import { expect, test } from 'vitest';
import { calamityPlan } from '../../testing/calamity-plan.ts';
import { machineWords } from './machine-words.ts';

test('a machine is told by its image, vCPUs, memory, network and disks', () => {
  const { plan, image } = calamityPlan('x86_64');
  expect(machineWords(plan, image)).toBe(`${image.kernel}, 1 vCPU, 64 MiB`);
  const machine = {
    ...plan.machine,
    cpus: 2,
    network: { name: 'user', kind: 'user', restrict: true } as const,
    disks: [{ name: 'data', interface: 'virtio-blk', mode: 'scratch', sizeBytes: 2 ** 20 } as const],
  };
  const about = '2 vCPUs, 64 MiB, network user, disk data';
  expect(machineWords({ ...plan, machine }, { from: 'cdrom', iso: '/a.iso' })).toBe(`/a.iso, ${about}`);
  expect(machineWords({ ...plan, machine }, { from: 'disk', disk: '/a.img' })).toBe(`/a.img, ${about}`);
});
