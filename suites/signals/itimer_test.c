/*
 * itimer_test: an interval timer repeats, tells what remains and can be cancelled.
 * When alarm_test passes and this fails, look at it_interval: who reloads the timer, and what getitimer() is given.
 * Sabotage: sigaction
 */
#include <sys/time.h>

#include "handle.h"

static volatile sig_atomic_t alarms;

static void on_alarm(int sig)
{
    (void)sig;
    alarms++;
}

static struct itimerval every(long first_ms, long interval_ms)
{
    return (struct itimerval){
        .it_value = { .tv_sec = first_ms / 1000, .tv_usec = first_ms % 1000 * 1000 },
        .it_interval = { .tv_sec = interval_ms / 1000, .tv_usec = interval_ms % 1000 * 1000 },
    };
}

static long in_ms(struct timeval time)
{
    return time.tv_sec * 1000 + time.tv_usec / 1000;
}

static long now_ms(void)
{
    struct timespec now = { 0 };
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int main(void)
{
    struct itimerval off = every(0, 0), timer, was;
    plan(9);
    handle(SIGALRM, on_alarm, 0);

    memset(&was, 0xff, sizeof was);
    check(getitimer(ITIMER_REAL, &was) == 0 && in_ms(was.it_value) == 0 && in_ms(was.it_interval) == 0,
          "getitimer() of a timer never set is zero");

    timer = every(1000000, 50000);
    check(setitimer(ITIMER_REAL, &timer, NULL) == 0, "setitimer() arms a timer");
    memset(&was, 0, sizeof was);
    getitimer(ITIMER_REAL, &was);
    /* Timers are rounded up to a tick, so a little more than what was set may remain. */
    check(in_ms(was.it_value) > 0 && in_ms(was.it_value) <= 1000100, "getitimer() tells what remains");
    check(in_ms(was.it_interval) == 50000, "getitimer() tells the interval");
    memset(&was, 0, sizeof was);
    setitimer(ITIMER_REAL, &off, &was);
    check(in_ms(was.it_value) > 0 && in_ms(was.it_interval) == 50000, "setitimer() tells the former timer");

    long armed_at = now_ms();
    timer = every(100, 100);
    setitimer(ITIMER_REAL, &timer, NULL);
    check(arrives(&alarms, 5), "a timer with an interval fires five times");
    check(now_ms() - armed_at >= 400, "five intervals are not over early");
    setitimer(ITIMER_REAL, &off, NULL);
    alarms = 0;
    for (int naps = 0; naps < 30; naps++)
        nap();
    check(alarms == 0, "a cancelled timer fires no more");

    timer = every(50, 0);
    setitimer(ITIMER_REAL, &timer, NULL);
    arrives(&alarms, 1);
    getitimer(ITIMER_REAL, &was);
    check(alarms == 1 && in_ms(was.it_value) == 0, "a timer without an interval fires once");
    return done();
}
