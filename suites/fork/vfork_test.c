/*
 * vfork_test: a child of vfork() may exec or _exit, and its parent goes on unharmed.
 * Whether the child borrows the parent's memory is left open, because vfork() may be fork(). The exec'd program is
 * vfork_check.
 * Sabotage: waitpid
 */
#include <sys/wait.h>

#include "check.h"

/* Gone from POSIX in 2008, and still what many shells and build tools start programs with. */
pid_t vfork(void);

enum { ROUNDS = 200 };

static int reaped_with(pid_t pid, int code)
{
    int status;
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == code;
}

static int exits_5(void)
{
    pid_t pid = vfork();
    if (pid == 0)
        _exit(5);
    return reaped_with(pid, 5);
}

static int execs(void)
{
    pid_t pid = vfork();
    if (pid == 0) {
        execlp("vfork_check", "vfork_check", "11", (char *)NULL);
        _exit(127);
    }
    return reaped_with(pid, 11);
}

static int exec_fails(void)
{
    pid_t pid = vfork();
    if (pid == 0) {
        execl("/no/such/program", "program", (char *)NULL);
        _exit(126);
    }
    return reaped_with(pid, 126);
}

static int descriptors_are_separate(void)
{
    int ends[2];
    if (pipe(ends) < 0)
        return 0;
    pid_t pid = vfork();
    if (pid == 0) {
        close(ends[1]);
        _exit(3);
    }
    int reaped = reaped_with(pid, 3);
    int open = write(ends[1], "x", 1) == 1;
    close(ends[0]);
    close(ends[1]);
    return reaped && open;
}

static int often(void)
{
    int right = 1;
    for (volatile int i = 0; i < ROUNDS; i++)
        right &= exits_5();
    return right;
}

int main(void)
{
    volatile int local = 77;
    pid_t self = getpid();
    plan(6);
    check(exits_5(), "a child exits");
    check(execs(), "a child execs");
    check(exec_fails(), "a child exits when exec fails");
    check(descriptors_are_separate(), "what a child closes stays open in its parent");
    check(often(), "200 times in turn");
    check(local == 77 && getpid() == self, "the parent is as it was");
    return done();
}
