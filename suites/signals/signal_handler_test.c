/*
 * signal_handler_test: a handler installed by sigaction() or signal() is called with the signal's number.
 * A program that dies here instead of reporting has lost its handler: sigaction() does not store it, or delivery goes
 * straight to the default action.
 * Sabotage: sigaction
 */
#include "handle.h"

static volatile sig_atomic_t calls;
static volatile sig_atomic_t last;
static volatile sig_atomic_t second_calls;

static void first(int sig)
{
    calls++;
    last = sig;
}

static void second(int sig)
{
    (void)sig;
    second_calls++;
}

static int each_signal_has_its_handler(void)
{
    static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGABRT, SIGALRM, SIGTERM, SIGUSR1, SIGUSR2, SIGCONT };
    int right = 1;
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) {
        handle(signals[i], first, 0);
        unblock(signals[i]);
        last = 0;
        kill(getpid(), signals[i]);
        right &= last == signals[i];
        handle(signals[i], SIG_DFL, 0);
    }
    return right;
}

int main(void)
{
    struct sigaction action;
    plan(8);
    check(handle(SIGUSR1, first, 0) == 0, "sigaction() installs a handler");
    kill(getpid(), SIGUSR1);
    check(calls == 1, "the handler has run when kill() of oneself returns");
    check(last == SIGUSR1, "the handler is given the signal's number");
    kill(getpid(), SIGUSR1);
    kill(getpid(), SIGUSR1);
    check(calls == 3, "the handler stays installed");
    check(sigaction(SIGUSR1, NULL, &action) == 0 && action.sa_handler == first, "sigaction() tells the present handler");
    handle(SIGUSR1, second, 0);
    kill(getpid(), SIGUSR1);
    check(calls == 3 && second_calls == 1, "a second handler replaces the first");
    check(signal(SIGUSR1, SIG_IGN) == second && signal(SIGUSR1, SIG_DFL) == SIG_IGN, "signal() returns the former handler");
    check(each_signal_has_its_handler(), "nine signals each reach their handler");
    return done();
}
