/*
 * alarm_test: alarm() sends SIGALRM once its seconds have passed, and not before.
 * When it never comes, the timer interrupt does not look at the processes' alarms.
 * Sabotage: sigaction
 */
#include "handle.h"

static volatile sig_atomic_t alarms;

static void on_alarm(int sig)
{
    (void)sig;
    alarms++;
}

static long now_ms(void)
{
    struct timespec now = { 0 };
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int waits_for_default_action(void)
{
    handle(SIGALRM, SIG_DFL, 0);
    alarm(1);
    for (int naps = 0; naps < PATIENCE; naps++)
        nap();
    return 7;
}

int main(void)
{
    plan(6);
    handle(SIGALRM, on_alarm, 0);
    check(alarm(1000) == 0, "the first alarm() finds none before it");
    unsigned left = alarm(0);
    check(left >= 1 && left <= 1000, "alarm(0) returns the seconds that were left");
    check(alarm(0) == 0, "a cancelled alarm is gone");

    long armed_at = now_ms();
    alarm(1);
    arrives(&alarms, 1);
    long passed_ms = now_ms() - armed_at;
    check(alarms == 1, "alarm(1) fires once");
    /* Clock and alarm may be counted in different ticks, hence a tenth less than a second. */
    check(alarms > 0 && passed_ms >= 900, "alarm(1) does not fire early");

    struct child child = start(waits_for_default_action);
    check(killed(finish(&child), SIGALRM), "an alarm that nobody handles ends the process");
    return done();
}
