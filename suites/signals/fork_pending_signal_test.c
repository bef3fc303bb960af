/*
 * fork_pending_signal_test: signals that wait for the parent, and timers that will send some, are not copied by fork().
 * Sabotage: fork
 */
#include <sys/time.h>

#include "handle.h"

static volatile sig_atomic_t calls;

static void on_signal(int sig)
{
    (void)sig;
    calls++;
}

static int has_none_pending(void)
{
    return is_pending(SIGUSR1) ? 7 : 0;
}

static int unblocks(void)
{
    unblock(SIGUSR1);
    return calls;
}

static int has_no_alarm(void)
{
    return alarm(0) == 0 ? 0 : 7;
}

static int has_no_timer(void)
{
    struct itimerval timer;
    memset(&timer, 0xff, sizeof timer);
    getitimer(ITIMER_REAL, &timer);
    return timer.it_value.tv_sec == 0 && timer.it_value.tv_usec == 0 && timer.it_interval.tv_sec == 0 ? 0 : 7;
}

static int gets_one_of_its_own(void)
{
    kill(getpid(), SIGUSR1);
    return is_pending(SIGUSR1) ? 0 : 7;
}

static int exits_0(int (*body)(void))
{
    struct child child = start(body);
    return exited(finish(&child), 0);
}

int main(void)
{
    struct itimerval timer = { .it_value.tv_sec = 1000, .it_interval.tv_sec = 1000 };
    plan(7);
    handle(SIGUSR1, on_signal, 0);
    block(SIGUSR1);
    check(exits_0(gets_one_of_its_own) && !is_pending(SIGUSR1), "what a child has pending is not its parent's");
    kill(getpid(), SIGUSR1);
    check(exits_0(has_none_pending), "a child has nothing pending");
    check(exits_0(unblocks), "its parent's pending signal does not run the child's handler");
    check(is_pending(SIGUSR1), "the signal is still pending in the parent");
    unblock(SIGUSR1);
    check(calls == 1, "the parent gets it once");

    alarm(1000);
    check(exits_0(has_no_alarm) && alarm(0) > 0, "an alarm stays with the parent");
    setitimer(ITIMER_REAL, &timer, NULL);
    int none = exits_0(has_no_timer);
    check(none && alarm(0) > 0, "an interval timer stays with the parent");
    return done();
}
