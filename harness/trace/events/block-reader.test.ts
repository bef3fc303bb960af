import { describe, expect, test } from 'vitest';
import { tallyOf, tallyOfLog } from '../../testing/tally-of.ts';

describe('requests to disks', () => {
  test('as in seed 002: two reads of one disk among those of another', () => {
    const { disks, requests } = tallyOf([
      'dma_blk_io dbs=0x7f2364044cb0 bs=0x558d815ec630 offset=1364811776 to_dev=0',
      'dma_blk_io dbs=0x7f2364048730 bs=0x558d815bce00 offset=0 to_dev=0',
      'dma_blk_io dbs=0x7f236c218600 bs=0x558d815bce00 offset=16384 to_dev=0',
      'dma_blk_io dbs=0x7f2370663940 bs=0x558d815ec630 offset=1517211648 to_dev=1',
    ]).block;
    expect(disks).toEqual([
      { by: 'dma', disk: '0x558d815ec630', reads: 1, writes: 1 },
      { by: 'dma', disk: '0x558d815bce00', reads: 2, writes: 0 },
    ]);
    expect(requests.filter(({ disk }) => disk === '0x558d815bce00').map(({ offset }) => offset)).toEqual([0, 16384]);
  });

  test('are those that a recorded guest made with dd', () => {
    const { requests } = tallyOfLog('aarch64/linux-disks.log').block;
    expect(requests.filter(({ by }) => by === 'dma').map(({ direction, offset }) => [direction, offset])).toEqual([
      ['read', 0],
      ['read', 16384],
      ['write', 32768],
    ]);
    expect(requests).toContainEqual({
      by: 'virtio-blk',
      disk: expect.any(String),
      direction: 'read',
      offset: 16384,
      bytes: 4096,
    });
  });

  test('in sectors, as an old QEMU and virtio-blk tell them, are told in bytes', () => {
    expect(
      tallyOf([
        'dma_blk_io dbs=0x1 bs=0x2 sector_num=32 to_dev=1',
        'virtio_blk_handle_read vdev 0x3 req 0x4 sector 32 nsectors 8',
        'virtio_blk_handle_write vdev 0x3 req 0x5 sector 0 nsectors 1',
      ]).block,
    ).toEqual({
      disks: [
        { by: 'dma', disk: '0x2', reads: 0, writes: 1 },
        { by: 'virtio-blk', disk: '0x3', reads: 1, writes: 1, bytesRead: 4096, bytesWritten: 512 },
      ],
      requests: [
        { by: 'dma', disk: '0x2', direction: 'write', offset: 16384 },
        { by: 'virtio-blk', disk: '0x3', direction: 'read', offset: 16384, bytes: 4096 },
        { by: 'virtio-blk', disk: '0x3', direction: 'write', offset: 0, bytes: 512 },
      ],
      forgotten: 0,
    });
  });

  test('are counted to the last and kept within bounds', () => {
    const lines = Array.from({ length: 25_000 }, (_, at) => `dma_blk_io dbs=0x1 bs=0x2 offset=${at} to_dev=0`);
    const { disks, requests, forgotten } = tallyOf(lines).block;
    expect(disks).toMatchObject([{ reads: 25_000 }]);
    expect([requests.length, forgotten, requests.at(-1)?.offset]).toEqual([10_000, 15_000, 24_999]);
  });
});
