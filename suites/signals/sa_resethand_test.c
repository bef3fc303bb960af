/*
 * sa_resethand_test: with SA_RESETHAND a handler is good for one signal, and the default is back when it begins.
 * Sabotage: sigaction
 */
#include "handle.h"

static volatile sig_atomic_t calls;
static volatile sig_atomic_t default_inside;

static void on_signal(int sig)
{
    struct sigaction action;
    calls++;
    default_inside = sigaction(sig, NULL, &action) == 0 && action.sa_handler == SIG_DFL;
}

static int is_sent_two(void)
{
    calls = 0;
    handle(SIGUSR1, on_signal, SA_RESETHAND);
    kill(getpid(), SIGUSR1);
    if (calls != 1)
        return 8;
    kill(getpid(), SIGUSR1);
    return 7;
}

int main(void)
{
    plan(4);
    handle(SIGUSR1, on_signal, SA_RESETHAND);
    kill(getpid(), SIGUSR1);
    check(calls == 1, "the handler runs for the first signal");
    check(default_inside, "the default is back inside the handler");
    handle(SIGUSR1, on_signal, SA_RESETHAND);
    kill(getpid(), SIGUSR1);
    check(calls == 2, "it can be installed again");
    struct child child = start(is_sent_two);
    check(killed(finish(&child), SIGUSR1), "the second signal ends the process");
    return done();
}
