/*
 * disk_truncate_test: a file is cut off or made longer at any byte, and old bytes do not come back.
 * Old bytes that do are what was on the disk, perhaps of another file.
 * Sabotage: ftruncate
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "check.h"
#include "content.h"
#include "place.h"

enum { SIZE = 100 * 1000 };

static off_t size_of(int file)
{
    struct stat status;
    return fstat(file, &status) == 0 ? status.st_size : -1;
}

int main(int argc, char *argv[])
{
    char byte;
    plan(7);
    if (!check(enter_disk(argc, argv), "the disk is mounted"))
        return done();
    int file = open("truncated", O_RDWR | O_CREAT | O_TRUNC, 0600);
    check(file >= 0 && write_content(file, 0, SIZE, 1) && size_of(file) == SIZE, "a file is written");
    check(ftruncate(file, 50001) == 0 && size_of(file) == 50001 && has_content(file, 0, 50001, 1)
              && pread(file, &byte, 1, 50001) == 0,
          "it is cut off in the middle of a block");
    check(ftruncate(file, SIZE) == 0 && size_of(file) == SIZE && has_content(file, 0, 50001, 1)
              && is_filled(file, 50001, SIZE, 0),
          "made longer again, the new bytes are zero");
    check(truncate("truncated", 4096) == 0 && size_of(file) == 4096 && has_content(file, 0, 4096, 1)
              && lseek(file, 0, SEEK_CUR) == 0,
          "truncate does it by name");
    int emptied = open("truncated", O_WRONLY | O_TRUNC);
    check(emptied >= 0 && size_of(file) == 0 && pread(file, &byte, 1, 0) == 0 && write_content(file, 0, SIZE, 2)
              && has_content(file, 0, SIZE, 2),
          "O_TRUNC empties it, and it can be written anew");
    close(emptied);
    check(ftruncate(file, -1) == -1 && errno == EINVAL && truncate(".", 0) == -1 && errno == EISDIR
              && truncate("truncate_missing", 0) == -1 && errno == ENOENT && size_of(file) == SIZE,
          "an impossible size, a directory and a missing file are refused");
    close(file);
    unlink("truncated");
    return done();
}
