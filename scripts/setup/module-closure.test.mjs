import { describe, expect, test } from 'vitest';
import { closeModules } from './module-closure.mjs';

const kernel = (modules) => (name) => modules[name];
const module = (depends = [], soft = []) => ({ depends, soft });

describe('closeModules', () => {
  test('puts every module after all that it needs', () => {
    const closed = closeModules(
      ['virtio_net', 'virtio_blk'],
      kernel({
        virtio_net: module(['virtio_ring', 'virtio', 'net_failover']),
        virtio_blk: module(['virtio', 'virtio_ring']),
        virtio: module(['virtio_ring']),
        virtio_ring: module(),
        net_failover: module(['failover']),
        failover: module(),
      }),
    );
    const order = [...closed.keys()];
    expect(order).toHaveLength(6);
    for (const [name, needs] of closed) {
      for (const need of needs) expect(order.indexOf(need)).toBeLessThan(order.indexOf(name));
    }
  });

  test('leaves out what is built into the kernel, wanted or needed', () => {
    const lookUp = kernel({ ext4: 'built-in', virtio_blk: module(['virtio']), virtio: 'built-in' });
    expect(closeModules(['ext4', 'virtio_blk'], lookUp)).toEqual(new Map([['virtio_blk', []]]));
  });

  test('takes - and _ in a name as the same', () => {
    const lookUp = kernel({ virtio_rng: module(['rng-core']), rng_core: module() });
    expect([...closeModules(['virtio-rng'], lookUp).keys()]).toEqual(['rng_core', 'virtio_rng']);
  });

  test('brings the generic provider of a soft dependency, and goes without one that is nowhere', () => {
    const lookUp = kernel({ ext4: module([], ['crc32c', 'nowhere']), crc32c_generic: module() });
    expect([...closeModules(['ext4'], lookUp).keys()]).toEqual(['crc32c_generic', 'ext4']);
  });

  test('ends where soft dependencies go round in a circle', () => {
    const lookUp = kernel({ a: module([], ['b']), b: module([], ['a']) });
    expect([...closeModules(['a'], lookUp).keys()]).toEqual(['b', 'a']);
  });

  test('names the module that is not there, and who needs it', () => {
    expect(() => closeModules(['virtio_blk'], kernel({ virtio_blk: module(['virtio']) }))).toThrow(
      'no module virtio, which virtio_blk needs',
    );
  });
});
