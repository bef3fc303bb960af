/*
 * descriptor_limit_test: descriptors run out with EMFILE at the limit, and every one that is closed comes back.
 * Sabotage: setrlimit
 */
#include <fcntl.h>
#include <sys/resource.h>

#include "check.h"

enum { LIMIT = 40 };

/* Duplicates standard output until that fails. Returns the number of copies, the error in errno. */
static int fill(void)
{
    for (int count = 0; count < LIMIT + 10; count++)
        if (dup(STDOUT_FILENO) < 0)
            return count;
    return -1;
}

static void empty(void)
{
    for (int descriptor = 3; descriptor < LIMIT + 20; descriptor++)
        close(descriptor);
}

int main(void)
{
    struct rlimit limit = {0, 0};
    int ends[2] = {-1, -1};
    plan(7);
    empty();
    check(getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= 20, "a process may have at least 20 descriptors");
    limit.rlim_cur = LIMIT;
    check(setrlimit(RLIMIT_NOFILE, &limit) == 0 && getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur == LIMIT,
          "the limit can be lowered");
    check(fill() == LIMIT - 3 && errno == EMFILE, "at the limit dup is EMFILE");
    check(open(".", O_RDONLY) == -1 && errno == EMFILE && pipe(ends) == -1 && errno == EMFILE,
          "so are open and pipe");
    close(10);
    check(pipe(ends) == -1 && errno == EMFILE && open(".", O_RDONLY) == 10,
          "a pipe that finds one of two leaves it free, and open takes it");
    check(dup2(STDOUT_FILENO, LIMIT) == -1 && errno == EBADF, "a number at the limit cannot be had by dup2");
    int same = 1;
    for (int round = 0; round < 20; round++) {
        empty();
        same = same && fill() == LIMIT - 3;
    }
    empty();
    check(same, "all come back, twenty times over");
    return done();
}
