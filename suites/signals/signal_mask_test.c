/*
 * signal_mask_test: a blocked signal waits, can be seen waiting, and is delivered once it is let in.
 * Sabotage: sigprocmask
 */
#include "handle.h"

static volatile sig_atomic_t calls;
static volatile sig_atomic_t blocked_inside;
static volatile sig_atomic_t extra_blocked_inside;

static void on_signal(int sig)
{
    calls++;
    blocked_inside = is_blocked(sig);
    extra_blocked_inside = is_blocked(SIGUSR2);
}

static int order[2];
static volatile sig_atomic_t ordered;

static void on_either(int sig)
{
    if (ordered < 2)
        order[ordered] = sig;
    ordered++;
}

static int both_come(void)
{
    sigset_t both = only(SIGUSR1);
    sigaddset(&both, SIGUSR2);
    handle(SIGUSR1, on_either, 0);
    handle(SIGUSR2, on_either, 0);
    sigprocmask(SIG_BLOCK, &both, NULL);
    kill(getpid(), SIGUSR2);
    kill(getpid(), SIGUSR1);
    sigprocmask(SIG_UNBLOCK, &both, NULL);
    return ordered == 2 && order[0] != order[1];
}

int main(void)
{
    sigset_t set, was;
    plan(12);
    handle(SIGUSR1, on_signal, 0);
    set = only(SIGUSR1);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    sigemptyset(&was);
    sigaddset(&was, SIGUSR1);
    check(sigprocmask(SIG_BLOCK, &set, &was) == 0 && sigismember(&was, SIGUSR1) == 0, "SIG_BLOCK tells the former mask");
    check(is_blocked(SIGUSR1), "the mask can be read back");
    check(!is_pending(SIGUSR1), "nothing is pending before it is sent");
    kill(getpid(), SIGUSR1);
    check(calls == 0, "a blocked signal is not delivered");
    check(is_pending(SIGUSR1) && !is_pending(SIGUSR2), "sigpending() shows it, and it alone");
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    check(calls == 1, "it is delivered before SIG_UNBLOCK returns");
    check(!is_pending(SIGUSR1), "it is no longer pending");
    check(blocked_inside && !is_blocked(SIGUSR1), "a signal is blocked during its handler, and not after");

    struct sigaction action = { .sa_handler = on_signal };
    action.sa_mask = only(SIGUSR2);
    sigaction(SIGUSR1, &action, NULL);
    kill(getpid(), SIGUSR1);
    check(extra_blocked_inside && !is_blocked(SIGUSR2), "sa_mask is blocked during the handler, and not after");

    block(SIGUSR2);
    sigprocmask(SIG_SETMASK, &set, NULL);
    check(is_blocked(SIGUSR1) && !is_blocked(SIGUSR2), "SIG_SETMASK replaces the mask");
    errno = 0;
    check(sigprocmask(12345, &set, NULL) == -1 && errno == EINVAL, "an unknown way to change it is refused with EINVAL");
    check(both_come(), "two blocked signals are both delivered");
    return done();
}
