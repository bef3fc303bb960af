/*
 * timer_test: a timer sends its signal when its time is over, not before, once or again and again.
 * Sabotage: timer_create
 */
#include <signal.h>

#include "check.h"
#include "clock.h"

enum { VALUE = 4711, SHORT_MS = 40, NEVER_MS = 100 * 1000 * 1000 };

static volatile sig_atomic_t arrivals, value;

static void count_arrival(int number, siginfo_t *information, void *context)
{
    (void)number;
    (void)context;
    arrivals++;
    value = information->si_value.sival_int;
}

/* Sleeps until so many signals have come. The bound only ends a test that fails. */
static int arrive(int count)
{
    struct timespec start = monotonic_now();
    while (arrivals < count && !have_passed(start, 60 * 1000)) {
        struct timespec pause = milliseconds(10);
        nanosleep(&pause, NULL);
    }
    return arrivals >= count;
}

static int arm(timer_t timer, long first_ms, long interval_ms)
{
    struct itimerspec times = {.it_value = milliseconds(first_ms), .it_interval = milliseconds(interval_ms)};
    return timer_settime(timer, 0, &times, NULL) == 0;
}

/* Milliseconds left, 0 for a timer that is not armed, -1 for an error. */
static long remaining(timer_t timer)
{
    struct itimerspec times;
    if (timer_gettime(timer, &times) != 0)
        return -1;
    long long left = between((struct timespec){0, 0}, times.it_value);
    return (long)((left + NANOSECONDS_PER_MILLISECOND - 1) / NANOSECONDS_PER_MILLISECOND);
}

int main(void)
{
    timer_t timer = 0;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = VALUE};
    struct sigaction action = {.sa_sigaction = count_arrival, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR1, &action, NULL);
    plan(7);
    if (!check(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0 && remaining(timer) == 0, "a new timer is not armed"))
        return done();

    struct timespec start = monotonic_now();
    check(arm(timer, SHORT_MS, 0) && arrive(1) && have_passed(start, SHORT_MS), "its signal comes, and not too early");
    check(value == VALUE, "the signal carries the timer's value");
    check(arrivals == 1 && remaining(timer) == 0, "a timer without interval fires once");

    check(arm(timer, NEVER_MS, 0) && remaining(timer) > 0 && remaining(timer) <= NEVER_MS,
          "the time that is left is told");
    check(arm(timer, 0, 0) && remaining(timer) == 0, "a timer can be disarmed");

    arrivals = 0;
    start = monotonic_now();
    check(arm(timer, SHORT_MS, SHORT_MS) && arrive(3) && have_passed(start, 3 * SHORT_MS)
              && timer_delete(timer) == 0 && remaining(timer) == -1,
          "a timer with an interval fires again and again, until it is deleted");
    return done();
}
