/*
 * file_offset_test: reads and writes happen where the offset is and move it; open and lseek set it.
 * Sabotage: lseek
 */
#include <fcntl.h>

#include "check.h"

static char bytes[64];

static int reads(int file, const char *expected)
{
    ssize_t length = (ssize_t)strlen(expected);
    return read(file, bytes, (size_t)length) == length && memcmp(bytes, expected, (size_t)length) == 0;
}

int main(void)
{
    plan(10);
    int file = open("offset_file", O_RDWR | O_CREAT | O_EXCL, 0600);
    check(file >= 0 && open("offset_file", O_RDWR | O_CREAT | O_EXCL, 0600) == -1 && errno == EEXIST,
          "O_EXCL makes a file only where there is none");
    check(write(file, "0123456789", 10) == 10 && lseek(file, 0, SEEK_CUR) == 10 && read(file, bytes, 1) == 0,
          "a write moves the offset to its end, where the file ends");
    check(lseek(file, 2, SEEK_SET) == 2 && reads(file, "234") && lseek(file, -1, SEEK_CUR) == 4 && reads(file, "4")
              && lseek(file, -2, SEEK_END) == 8 && reads(file, "89"),
          "lseek sets it from the beginning, from itself and from the end");
    check(lseek(file, 3, SEEK_SET) == 3 && pread(file, bytes, 2, 7) == 2 && memcmp(bytes, "78", 2) == 0
              && pwrite(file, "X", 1, 0) == 1 && reads(file, "34"),
          "pread and pwrite leave it alone");

    int other = open("offset_file", O_RDONLY);
    check(other >= 0 && reads(other, "X12") && lseek(file, 0, SEEK_CUR) == 5, "a second open has an offset of its own");
    check(write(other, "x", 1) == -1 && errno == EBADF, "a file opened for reading is not written");
    close(other);

    check(lseek(file, 20, SEEK_SET) == 20 && write(file, "far", 3) == 3 && pread(file, bytes, 10, 10) == 10
              && memcmp(bytes, "\0\0\0\0\0\0\0\0\0\0", 10) == 0 && lseek(file, 0, SEEK_END) == 23,
          "a gap reads as zeros");
    check(lseek(file, -1, SEEK_SET) == -1 && errno == EINVAL && lseek(file, 0, 99) == -1 && errno == EINVAL
              && lseek(file, 0, SEEK_CUR) == 23,
          "an impossible offset is EINVAL and moves nothing");

    int appending = open("offset_file", O_WRONLY | O_APPEND);
    check(appending >= 0 && lseek(file, 0, SEEK_END) == 23 && write(file, "!", 1) == 1
              && write(appending, "end", 3) == 3 && pread(file, bytes, 4, 23) == 4 && memcmp(bytes, "!end", 4) == 0,
          "O_APPEND writes where the file ends now");
    close(appending);

    int ends[2], emptied = open("offset_file", O_RDWR | O_TRUNC);
    check(emptied >= 0 && lseek(file, 0, SEEK_END) == 0 && pipe(ends) == 0 && lseek(ends[0], 0, SEEK_CUR) == -1
              && errno == ESPIPE,
          "O_TRUNC empties the file, and a pipe has no offset");
    close(emptied);
    close(file);
    unlink("offset_file");
    return done();
}
