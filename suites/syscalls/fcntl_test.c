/*
 * fcntl_test: fcntl tells and changes how a descriptor behaves; O_NONBLOCK turns waiting into EAGAIN.
 * Sabotage: fcntl
 */
#include <fcntl.h>

#include "check.h"

static char block[4096];

int main(void)
{
    int ends[2];
    plan(9);
    if (!check(pipe(ends) == 0 && (fcntl(ends[0], F_GETFL) & O_ACCMODE) == O_RDONLY
                   && (fcntl(ends[1], F_GETFL) & O_ACCMODE) == O_WRONLY,
               "F_GETFL tells the ends of a pipe apart"))
        return done();
    if (!check(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 && (fcntl(ends[0], F_GETFL) & O_NONBLOCK)
                   && !(fcntl(ends[1], F_GETFL) & O_NONBLOCK),
               "O_NONBLOCK is set on the one end alone"))
        return done();
    check(read(ends[0], block, 1) == -1 && errno == EAGAIN, "a read that would wait is EAGAIN");

    ssize_t wrote = 0;
    long total = 0;
    int nonblocking = fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0 && (fcntl(ends[1], F_GETFL) & O_NONBLOCK);
    while (nonblocking && total < 64 * 1024 * 1024 && (wrote = write(ends[1], block, sizeof block)) > 0)
        total += wrote;
    check(wrote == -1 && errno == EAGAIN && total > 0, "a write into a full pipe is EAGAIN");
    say("# the pipe took %ld bytes", total);
    long drained = 0;
    while ((wrote = read(ends[0], block, sizeof block)) > 0)
        drained += wrote;
    check(drained == total && write(ends[1], block, 1) == 1, "a full pipe gives all back and takes more");
    check(fcntl(ends[0], F_SETFL, 0) == 0 && !(fcntl(ends[0], F_GETFL) & O_NONBLOCK) && read(ends[0], block, 1) == 1,
          "O_NONBLOCK can be taken away");

    int copy = fcntl(ends[0], F_DUPFD, 25);
    int next = fcntl(ends[0], F_DUPFD, 25);
    check(copy == 25 && next == 26, "F_DUPFD takes the lowest free descriptor from a number on");
    close(copy);
    close(next);

    int file = open("fcntl_file", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    int appended = write(file, "12345", 5) == 5 && fcntl(file, F_SETFL, O_APPEND) == 0
        && lseek(file, 0, SEEK_SET) == 0 && write(file, "6", 1) == 1 && lseek(file, 0, SEEK_CUR) == 6;
    check(appended && (fcntl(file, F_GETFL) & O_ACCMODE) == O_WRONLY, "O_APPEND makes writes go to the end");
    close(file);
    unlink("fcntl_file");

    close(ends[0]);
    check(fcntl(ends[0], F_GETFL) == -1 && errno == EBADF && fcntl(ends[1], 12345, 0) == -1 && errno == EINVAL,
          "a closed descriptor is EBADF, an unknown command EINVAL");
    close(ends[1]);
    return done();
}
