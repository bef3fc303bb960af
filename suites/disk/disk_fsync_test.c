/*
 * disk_fsync_test: fsync and fdatasync return when the disk has the data, and then it is readable as before.
 * A kernel whose driver loses the completion of a flush never comes back from here.
 * Sabotage: pwrite
 */
#include <fcntl.h>

#include "check.h"
#include "content.h"
#include "place.h"

enum { SIZE = 1024 * 1024, ROUNDS = 20 };

int main(int argc, char *argv[])
{
    int ends[2];
    plan(7);
    if (!check(enter_disk(argc, argv), "the disk is mounted"))
        return done();
    int file = open("synced", O_RDWR | O_CREAT | O_TRUNC, 0600);
    check(file >= 0 && write_content(file, 0, SIZE, 3) && fsync(file) == 0 && has_content(file, 0, SIZE, 3),
          "a megabyte is synced");
    check(write_content(file, 1000, 2000, 9) && fdatasync(file) == 0 && has_content(file, 1000, 2000, 9)
              && has_content(file, 2000, SIZE, 3),
          "a change in it is synced");
    int synced = 1;
    for (int round = 0; round < ROUNDS; round++)
        synced = synced && write_content(file, round * 4096, round * 4096 + 100, round) && fsync(file) == 0;
    check(synced, "twenty small writes are synced one by one");

    int direct = open("synced", O_RDWR | O_SYNC);
    check(direct >= 0 && write_content(direct, 5000, 9000, 17) && has_content(file, 5000, 9000, 17),
          "writes with O_SYNC are there");
    close(direct);

    int directory = open(".", O_RDONLY);
    check(directory >= 0 && fsync(directory) == 0, "a directory is synced");
    close(directory);
    close(file);
    check(fsync(file) == -1 && errno == EBADF && pipe(ends) == 0 && fsync(ends[0]) == -1 && errno == EINVAL,
          "a closed descriptor is EBADF, a pipe EINVAL");
    unlink("synced");
    return done();
}
