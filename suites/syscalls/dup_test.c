/*
 * dup_test: duplicates of a descriptor share one open file: its offset and its flags, but not FD_CLOEXEC.
 * A failure of the shared offset means that the kernel copies the open file instead of counting references to it.
 * Sabotage: dup
 */
#include <fcntl.h>

#include "check.h"

static int is_open(int descriptor)
{
    return fcntl(descriptor, F_GETFD) >= 0;
}

int main(void)
{
    char bytes[4];
    plan(9);
    for (int descriptor = 3; descriptor < 20; descriptor++)
        close(descriptor);
    int file = open("dup_file", O_RDWR | O_CREAT | O_TRUNC, 0600);
    check(file == 3 && write(file, "abcdef", 6) == 6 && lseek(file, 0, SEEK_SET) == 0,
          "open takes the lowest free descriptor");

    int copy = dup(file);
    check(copy == 4, "dup takes the lowest free descriptor");
    check(read(file, bytes, 2) == 2 && read(copy, bytes, 2) == 2 && memcmp(bytes, "cd", 2) == 0
              && lseek(file, 0, SEEK_CUR) == 4,
          "both share one offset");
    check(fcntl(copy, F_SETFL, O_APPEND) == 0 && (fcntl(file, F_GETFL) & O_APPEND), "both share the status flags");
    check(close(file) == 0 && read(copy, bytes, 2) == 2 && memcmp(bytes, "ef", 2) == 0,
          "one stays open when the other is closed");

    int other = open("dup_file", O_RDONLY);
    check(dup2(copy, other) == other && lseek(other, 0, SEEK_CUR) == 6, "dup2 takes the place of an open descriptor");
    check(dup2(other, other) == other && is_open(other) && dup2(copy, 17) == 17 && is_open(17),
          "dup2 onto itself changes nothing, and leaves gaps where told");

    fcntl(other, F_SETFD, FD_CLOEXEC);
    int unmarked = dup(other);
    check(unmarked >= 0 && fcntl(unmarked, F_GETFD) == 0 && fcntl(other, F_GETFD) == FD_CLOEXEC,
          "FD_CLOEXEC is a descriptor's own");

    close(unmarked);
    check(dup(unmarked) == -1 && errno == EBADF && dup2(unmarked, 17) == -1 && errno == EBADF && is_open(17)
              && dup2(copy, -1) == -1 && errno == EBADF,
          "a closed or impossible descriptor is EBADF, and nothing is closed for it");
    close(17);
    close(other);
    close(copy);
    unlink("dup_file");
    return done();
}
