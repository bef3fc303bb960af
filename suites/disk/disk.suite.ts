import { defineSuite } from 'twinboot';

defineSuite('disk', {
  needs: ['posix-shell', 'disk'],
  machine: { disks: ['data'] },
  atLeast: 11,
  cases: {
    disk_base_test: { run: 'disk_base_test', about: 'the files of the base image read back' },
    disk_create_test: { run: 'disk_create_test', about: 'files are made, found and deleted' },
    disk_write_read_test: {
      run: 'disk_write_read_test',
      about: 'what is written is read back, whatever the size and place',
    },
    disk_append_test: { run: 'disk_append_test', about: 'processes that append to one file lose nothing' },
    disk_rename_test: { run: 'disk_rename_test', about: 'rename moves a file in one step, also over another' },
    disk_truncate_test: {
      run: 'disk_truncate_test',
      about: 'files are cut off and made longer, and old bytes stay away',
    },
    disk_fsync_test: { run: 'disk_fsync_test', about: 'fsync comes back, and the data is there' },
    disk_directory_test: { run: 'disk_directory_test', about: 'directories list every entry once' },
    disk_link_test: { run: 'disk_link_test', about: 'hard and symbolic links lead to the file' },
    disk_mmap_test: { run: 'disk_mmap_test', about: 'files are read and written through memory' },
    disk_remount_test: {
      run: 'disk_remount_test write && umount /mnt && mount -t ext4 /dev/vda /mnt && disk_remount_test verify',
      about: 'what was written is on the disk and not in a cache alone',
    },
  },
});
