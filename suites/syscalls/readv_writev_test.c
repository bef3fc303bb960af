/*
 * readv_writev_test: one call writes from several pieces of memory and one reads into several, in order.
 * C libraries print through writev: a kernel without it is silent.
 * Sabotage: writev
 */
#include <fcntl.h>
#include <sys/uio.h>

#include "check.h"

int main(void)
{
    char first[4], second[1], third[16];
    int ends[2];
    plan(6);
    if (!check(pipe(ends) == 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0, "a pipe opens"))
        return done();
    struct iovec pieces[] = {{"one ", 4}, {NULL, 0}, {"two ", 4}, {"three", 5}};
    check(writev(ends[1], pieces, 4) == 13, "the pieces are written, also an empty one");
    struct iovec places[] = {{first, sizeof first}, {second, sizeof second}, {third, sizeof third}};
    check(readv(ends[0], places, 3) == 13 && memcmp(first, "one ", 4) == 0 && second[0] == 't'
              && memcmp(third, "wo three", 8) == 0,
          "they are read into other pieces, in order");
    check(readv(ends[0], places, 3) == -1 && errno == EAGAIN, "nothing is left");

    int file = open("vector_file", O_RDWR | O_CREAT | O_TRUNC, 0600);
    check(file >= 0 && writev(file, pieces, 4) == 13 && lseek(file, 4, SEEK_SET) == 4 && readv(file, places, 2) == 5
              && memcmp(first, "two ", 4) == 0 && second[0] == 't' && lseek(file, 0, SEEK_CUR) == 9,
          "a file's offset moves by the sum");
    check(writev(file, pieces, -1) == -1 && errno == EINVAL && writev(1000, pieces, 4) == -1 && errno == EBADF,
          "a negative count is EINVAL, a closed descriptor EBADF");
    close(file);
    close(ends[0]);
    close(ends[1]);
    unlink("vector_file");
    return done();
}
