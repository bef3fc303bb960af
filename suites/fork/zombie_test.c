/*
 * zombie_test: a child that ended keeps its id until it is waited for, and gives back everything else.
 * Sabotage: waitpid
 */
#include "../signals/child.h"

enum { ZOMBIES = 20 };

static int data[2];

static int exits_5(void)
{
    return 5;
}

static int exits_holding_pipe(void)
{
    return 6;
}

/* Waits for the child's end without reaping it: the pipe it talks on ends with it. */
static struct child zombie(int (*body)(void))
{
    struct child child = start(body);
    siginfo_t info;
    hear(&child);
    waitid(P_PID, child.pid, &info, WEXITED | WNOWAIT);
    return child;
}

static int many_wait_their_turn(void)
{
    struct child zombies[ZOMBIES];
    int right = 1;
    for (int i = 0; i < ZOMBIES; i++)
        zombies[i] = zombie(exits_5);
    for (int i = ZOMBIES - 1; i >= 0; i--)
        right &= exited(finish(&zombies[i]), 5);
    return right;
}

int main(void)
{
    int status;
    char byte;
    plan(7);
    struct child child = zombie(exits_5);
    check(kill(child.pid, 0) == 0, "a zombie is still found by kill()");
    check(kill(child.pid, SIGKILL) == 0, "to kill it does nothing and is no error");
    check(exited(reap(child.pid), 5), "its status is kept until it is waited for");
    errno = 0;
    check(waitpid(child.pid, &status, 0) == -1 && errno == ECHILD, "it can be waited for once");
    errno = 0;
    check(kill(child.pid, 0) == -1 && errno == ESRCH, "then it is gone");
    close_pipes(&child);

    if (pipe(data) < 0)
        return 1;
    child = zombie(exits_holding_pipe);
    close(data[1]);
    check(read(data[0], &byte, 1) == 0, "a zombie holds no descriptors");
    finish(&child);
    check(many_wait_their_turn(), "twenty zombies are reaped in any order");
    return done();
}
