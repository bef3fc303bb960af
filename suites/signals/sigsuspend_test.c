/*
 * sigsuspend_test: sigsuspend() opens the mask, waits for a handler, and puts the mask back.
 * Opening and waiting must be one step: a kernel that does one after the other sleeps through the signal in between.
 * Sabotage: sigsuspend
 */
#include "handle.h"

enum { ROUNDS = 200 };

static volatile sig_atomic_t calls;
static volatile sig_atomic_t other_calls;
static pid_t target;

static void on_signal(int sig)
{
    (void)sig;
    calls++;
}

static void on_other(int sig)
{
    (void)sig;
    other_calls++;
}

static int sends(void)
{
    kill(target, SIGUSR1);
    return 0;
}

/* Sends a signal that the target keeps blocked, then one that wakes it. */
static int sends_two(void)
{
    kill(target, SIGUSR2);
    for (int naps = 0; naps < 5; naps++)
        nap();
    kill(target, SIGUSR1);
    return 0;
}

/* Sends the next signal as soon as the last one was taken: the window between test and sleep is hit sooner or later. */
static int sends_on_request(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        hold();
        kill(target, SIGUSR1);
    }
    return 0;
}

int main(void)
{
    sigset_t open;
    plan(6);
    target = getpid();
    handle(SIGUSR1, on_signal, 0);
    handle(SIGUSR2, on_other, 0);
    block(SIGUSR1);
    sigprocmask(SIG_BLOCK, NULL, &open);
    sigdelset(&open, SIGUSR1);

    kill(target, SIGUSR1);
    int returned = sigsuspend(&open);
    check(returned == -1 && errno == EINTR && calls == 1, "a pending signal is taken at once");
    check(is_blocked(SIGUSR1), "the mask is put back");
    if (calls == 0)
        return 1; /* It does not wait: the rest would prove nothing. */

    struct child child = start(sends);
    sigsuspend(&open);
    check(calls == 2, "sigsuspend() waits for a signal from a child");
    finish(&child);

    block(SIGUSR2);
    sigaddset(&open, SIGUSR2);
    child = start(sends_two);
    sigsuspend(&open);
    check(calls == 3 && other_calls == 0, "a signal blocked by its mask does not wake it");
    finish(&child);
    unblock(SIGUSR2);
    check(other_calls == 1, "that signal is delivered afterwards");

    calls = 0;
    child = start(sends_on_request);
    for (int i = 0; i < ROUNDS; i++) {
        let_go(&child);
        sigsuspend(&open);
    }
    check(calls == ROUNDS, "200 signals wake it 200 times");
    finish(&child);
    return done();
}
