/*
 * disk_device_readonly_test [DEVICE]: a disk that the machine offers read-only takes no writes, also below filesystems.
 * A driver that ignores the disk's read-only feature (VIRTIO_BLK_F_RO) sends the write and reports the disk's I/O error
 * at best; it must be refused without one.
 * Sabotage: read
 */
#include <fcntl.h>

#include "check.h"

enum { BLOCK = 4096 };

static char before[BLOCK], after[BLOCK];

/* Opens the device anew, so that no open file's state is in the way, and reads its first block. */
static int read_first_block(const char *device, char *block)
{
    int disk = open(device, O_RDONLY);
    if (disk < 0)
        return 0;
    int complete = read(disk, block, BLOCK) == BLOCK;
    close(disk);
    return complete;
}

/* Writes back what the block holds already: where that is not refused, no harm is done. */
static int write_is_refused(const char *device)
{
    int disk = open(device, O_WRONLY | O_SYNC);
    int error = errno;
    if (disk >= 0) {
        error = pwrite(disk, before, BLOCK, 0) == -1 ? errno : 0;
        close(disk);
    }
    say("# %s says: %s", disk >= 0 ? "pwrite" : "open", strerror(error));
    return error == EROFS || error == EACCES || error == EPERM;
}

int main(int argc, char *argv[])
{
    const char *device = argc > 1 ? argv[1] : "/dev/vda";
    plan(3);
    int readable = check(read_first_block(device, before), "the disk is read");
    check(readable && write_is_refused(device), "a write to it is refused");
    check(readable && read_first_block(device, after) && memcmp(before, after, BLOCK) == 0, "it is as it was");
    return done();
}
