/*
 * disk_write_read_test: what is written to a file is read back, whatever the size and the place.
 * Sabotage: pwrite
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "check.h"
#include "content.h"
#include "place.h"

enum { MEGABYTE = 1024 * 1024 };

static off_t size_of(int file)
{
    struct stat status;
    return fstat(file, &status) == 0 ? status.st_size : -1;
}

/* Writes and reads files of sizes around those of sectors, blocks and pages. */
static int odd_sizes_are_kept(int file)
{
    static const int sizes[] = {1, 511, 512, 513, 1023, 1024, 1025, 4095, 4096, 4097, 65535, 65537};
    for (size_t index = 0; index < sizeof sizes / sizeof sizes[0]; index++)
        if (ftruncate(file, 0) != 0 || !write_content(file, 0, sizes[index], (int)index)
            || size_of(file) != sizes[index] || !has_content(file, 0, sizes[index], (int)index)) {
            say("# at %d bytes", sizes[index]);
            return 0;
        }
    return 1;
}

int main(int argc, char *argv[])
{
    char byte;
    plan(8);
    if (!check(enter_disk(argc, argv), "the disk is mounted"))
        return done();
    int file = open("write_read", O_RDWR | O_CREAT | O_TRUNC, 0600);
    int second = open("write_read", O_RDONLY);
    check(file >= 0 && second >= 0 && odd_sizes_are_kept(file), "files of sizes around a block are read back");
    check(ftruncate(file, 0) == 0 && write_content(file, 0, 4 * MEGABYTE, 0) && has_content(file, 0, 4 * MEGABYTE, 0)
              && size_of(file) == 4 * MEGABYTE,
          "four megabytes are read back");
    check(has_content(second, 0, 4 * MEGABYTE, 0), "also through another descriptor");
    check(pread(file, &byte, 1, 4 * MEGABYTE) == 0, "nothing is read behind the end");
    check(write_content(file, 4095, 12289, 100) && has_content(file, 0, 4095, 0) && has_content(file, 4095, 12289, 100)
              && has_content(file, 12289, 4 * MEGABYTE, 0) && size_of(file) == 4 * MEGABYTE,
          "overwriting across blocks changes these bytes and no others");

    /* A hole takes no room on the disk: this file would not fit otherwise on a small one. */
    off_t far = (off_t)4095 * MEGABYTE + 7;
    check(ftruncate(file, 0) == 0 && pwrite(file, "x", 1, far) == 1 && size_of(file) == far + 1
              && pread(file, &byte, 1, far) == 1 && byte == 'x',
          "a byte can be written nearly 4 GiB into an empty file");
    check(size_of(file) == far + 1 && is_filled(file, 0, 2 * MEGABYTE, 0) && is_filled(file, far - MEGABYTE, far, 0),
          "the hole reads as zeros");
    close(file);
    close(second);
    unlink("write_read");
    return done();
}
