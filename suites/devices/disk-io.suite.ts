import { defineSuite } from 'twinboot';

/** Past the page cache, so that every request is one of the guest's own. */
const read = (disk: string, block: number) => `dd if=${disk} of=/dev/null bs=4096 skip=${block} count=1 iflag=direct`;
const write = (disk: string, block: number) => `dd if=/dev/zero of=${disk} bs=4096 seek=${block} count=1 oflag=direct`;

defineSuite('disk I/O', {
  needs: ['posix-shell', 'disk'],
  events: ['virtio_blk_*'],
  atLeast: 2,
  cases: {
    'a read of block 4 asks the disk for it, once': {
      run: read('/dev/vda', 4),
      events: { virtio_blk_handle_read: { min: 1, max: 1, matching: / sector 32 nsectors 8$/ } },
    },
    'a write of block 2000 goes there': {
      run: `umount /mnt; ${write('/dev/vda', 2000)}`,
      events: { virtio_blk_handle_write: { min: 1, matching: / sector 16000 nsectors 8$/ } },
    },
  },
});

/** A controller that reads and writes the guest's RAM by itself. It cannot be cloned. */
defineSuite('DMA', {
  needs: ['posix-shell'],
  isolation: 'fresh',
  machine: {
    qemu: [
      ...['-blockdev', 'driver=null-co,node-name=nvme0,size=67108864,read-zeroes=on'],
      ...['-device', 'nvme,drive=nvme0,serial=twinboot'],
    ],
  },
  cases: {
    'a read at 16384 and a write at 32768 are DMA from there and to there': {
      run: `${read('/dev/nvme0n1', 4)} && ${write('/dev/nvme0n1', 8)}`,
      events: { dma_blk_io: { min: 2, max: 2, matching: / offset=(16384 to_dev=0|32768 to_dev=1)$/ } },
    },
  },
});
