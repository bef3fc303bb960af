import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostileText } from '../testing/hostile-text.ts';
import { tallyOf, tallyOfLog } from '../testing/tally-of.ts';
import { EventTally } from '../trace/events/event-tally.ts';
import { tracedText } from './traced-text.ts';

describe('trace events for people', () => {
  test('are counts, then what they tell, then the last ones', () => {
    const text = tracedText(tallyOfLog('x86_64/boot-and-key.log'), 2);
    expect(text).toMatch(/^ {2}event +count\n {2}pci_cfg_read +167\n/);
    expect(text).toContain('PCI configuration space: 5 functions looked at');
    expect(text).toMatch(/ 00:01\.0 {2}1b36:0010 {2}0108 NVMe controller +nvme +33 +20 {2}I\/O, memory, bus master\n/);
    expect(text).toContain('scan code set 2\n  g down, g up');
    expect(text).toContain('The last 2 events\n');
  });

  test('show where requests to disks went, and how large they were where that is told', () => {
    const dma = 'dma_blk_io dbs=0x1 bs=0x2 offset=16384 to_dev=0';
    expect(tracedText(tallyOf([dma]), 1)).toContain('disk 1, dma: 1 read, 0 writes\n');
    expect(tracedText(tallyOf([dma]), 1)).toMatch(/ {2}disk 1 {2}read +16384 {2}0x4000\n/);
    expect(tracedText(tallyOf([dma, 'virtio_blk_handle_write vdev 0x3 req 0x4 sector 8 nsectors 8']), 1)).toMatch(
      / {2}disk 2 {2}write +4096 {2}0x1000 {2}4 KiB\n/,
    );
  });

  test('leave out what there is nothing of', () => {
    expect(tracedText(tallyOf(['virtio_notify vdev 0x5 vq 0x6']), 1)).toBe(
      '  event          count\n  virtio_notify      1\n\nThe last 1 event\n  virtio_notify vdev 0x5 vq 0x6',
    );
  });

  test('have their times where they are known', () => {
    expect(tracedText(tallyOf(['1@12.500000:virtio_notify 1']), 1)).toMatch(/ {3}12\.500 s {2}virtio_notify 1$/);
  });

  test('print nothing that a terminal would obey, and are bounded', () => {
    fc.assert(
      fc.property(hostileText, (args) => {
        const tally = new EventTally();
        tally.take({ name: 'a_b', args });
        expect(tracedText(tally.result, 10)).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
    const tally = new EventTally();
    for (let at = 0; at < 20_000; at++)
      tally.take({ name: 'dma_blk_io', args: `dbs=0x1 bs=0x2 offset=${at} to_dev=0` });
    expect(tracedText(tally.result, 5).split('\n')).toHaveLength(34);
  });
});
