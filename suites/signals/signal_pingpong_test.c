/*
 * signal_pingpong_test: two processes wake each other by signals, 500 times each, and none is lost.
 * A kernel that stands still here loses a wakeup between "nothing is pending" and "go to sleep".
 * Sabotage: sigwait
 */
#include "handle.h"

enum { ROUNDS = 500 };

static pid_t parent;

static int waits_for(int expected)
{
    int sig = 0;
    sigset_t set = only(expected);
    return sigwait(&set, &sig) == 0 && sig == expected;
}

static int returns_each(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        if (!waits_for(SIGUSR1))
            return 7;
        kill(parent, SIGUSR2);
    }
    return 0;
}

int main(void)
{
    int rounds = 0;
    plan(2);
    parent = getpid();
    block(SIGUSR1);
    block(SIGUSR2);
    struct child child = start(returns_each);
    while (rounds < ROUNDS) {
        kill(child.pid, SIGUSR1);
        if (!waits_for(SIGUSR2))
            break;
        rounds++;
    }
    check(rounds == ROUNDS, "every signal sent is answered");
    check(exited(finish(&child), 0), "every answer was asked for");
    return done();
}
