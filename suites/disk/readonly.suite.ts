import { defineSuite } from 'twinboot';

defineSuite('disk-readonly', {
  needs: ['posix-shell', 'disk'],
  machine: { disks: ['data-readonly'] },
  atLeast: 4,
  cases: {
    disk_base_test: { run: 'disk_base_test', about: 'the files of the base image read back' },
    disk_readonly_test: { run: 'disk_readonly_test', about: 'every change is refused with EROFS' },
    disk_device_readonly_test: { run: 'disk_device_readonly_test /dev/vda', about: 'the disk itself takes no writes' },
    // Some implementations of mount fall back to read-only and report success: what counts is what it lets be written.
    disk_readonly_remount_test: {
      run: 'mount -o remount,rw /mnt; disk_readonly_test',
      about: 'a remount for writing leaves the filesystem read-only',
    },
  },
});
