/*
 * fork_test: fork() returns twice, and each process goes on with its own result.
 * It needs nothing but fork(), getpid(), _exit() and waitpid(). When the child sees anything but 0, its copy of the
 * register with the result is restored from the wrong place.
 * Sabotage: fork
 */
#include <sys/wait.h>

#include "check.h"

int main(void)
{
    int status = -1;
    volatile int local = 1;
    plan(6);
    pid_t self = getpid();
    pid_t child = fork();
    if (child == 0) {
        local = 2;
        _exit(getpid() != self && getppid() == self ? 42 : 43);
    }
    if (!check(child > 0 && child != self, "fork() returns the child's process id to its parent"))
        return 1;
    check(getpid() == self, "the parent stays who it is");
    check(waitpid(child, &status, 0) == child, "the parent waits for the child");
    check(WIFEXITED(status) && WEXITSTATUS(status) != 43, "the child has an id of its own and knows its parent");
    check(WIFEXITED(status) && WEXITSTATUS(status) == 42, "the child's exit status arrives");
    check(local == 1, "the child's variables are its own");
    return done();
}
