/*
 * fork_in_handler_test: a signal handler forks, and both processes return from it.
 * The child has a copy of the handler's frame, so its return takes the same way as the parent's.
 * Sabotage: fork
 */
#include "../signals/handle.h"

static volatile pid_t forked = -1;
static volatile sig_atomic_t calls;

static void on_signal(int sig)
{
    (void)sig;
    calls++;
    forked = fork();
}

int main(void)
{
    volatile int local = 55;
    pid_t self = getpid();
    plan(3);
    handle(SIGUSR1, on_signal, 0);
    kill(self, SIGUSR1);
    if (forked == 0)
        _exit(getpid() != self && local == 55 && calls == 1 && !is_blocked(SIGUSR1) ? 0 : 7);
    check(forked > 0, "fork() in a handler makes a child");
    check(calls == 1 && local == 55 && !is_blocked(SIGUSR1), "the parent returns from the handler");
    check(forked > 0 && exited(reap(forked), 0), "the child returns from the handler as well");
    return done();
}
