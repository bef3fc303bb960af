/*
 * nanosleep_test: a sleep is not shorter than asked for, and a signal ends it with the rest told.
 * Sabotage: nanosleep
 */
#include <signal.h>

#include "check.h"
#include "child.h"
#include "clock.h"

static void take_signal(int number)
{
    (void)number;
}

static int sleeps(long count)
{
    struct timespec wanted = milliseconds(count);
    struct timespec start = monotonic_now();
    return nanosleep(&wanted, NULL) == 0 && have_passed(start, count);
}

static int refuses(time_t seconds, long nanoseconds)
{
    struct timespec wanted = {seconds, nanoseconds};
    return nanosleep(&wanted, NULL) == -1 && errno == EINVAL;
}

int main(void)
{
    plan(7);
    check(sleeps(0), "a sleep of nothing returns");
    check(sleeps(1) && sleeps(30) && sleeps(120), "a sleep is not shorter than asked for");
    check(refuses(0, NANOSECONDS_PER_SECOND) && refuses(0, -1) && refuses(-1, 0), "impossible times are EINVAL");

    /* Sleeps far longer than the alarm takes; a machine too slow for that needs ten minutes for a second. */
    struct sigaction action = {.sa_handler = take_signal};
    struct timespec wanted = milliseconds(600 * 1000), rest = {-1, -1};
    struct timespec start = monotonic_now();
    sigaction(SIGALRM, &action, NULL);
    alarm(1);
    int interrupted = nanosleep(&wanted, &rest) == -1 && errno == EINTR;
    alarm(0);
    long long slept = between(start, monotonic_now());
    check(interrupted && slept >= NANOSECONDS_PER_SECOND, "a signal with a handler ends it with EINTR");
    long long left = between((struct timespec){0, 0}, rest);
    check(interrupted && left > 0 && left < between((struct timespec){0, 0}, wanted)
              && left + slept >= between((struct timespec){0, 0}, wanted),
          "the rest is told, and with the time slept makes the whole");

    struct timespec then = monotonic_now();
    then.tv_sec += 1;
    check(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &then, NULL) == 0 && between(then, monotonic_now()) >= 0,
          "clock_nanosleep sleeps until a time");
    then.tv_sec -= 1;
    check(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &then, NULL) == 0, "a time that is past is no sleep");
    return done();
}
