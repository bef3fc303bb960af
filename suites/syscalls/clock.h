/* Measuring that enough time has passed. No test here says that too much has: the machine may be slow. */
#ifndef TWINBOOT_CLOCK_H
#define TWINBOOT_CLOCK_H

#include <time.h>

enum { NANOSECONDS_PER_MILLISECOND = 1000 * 1000, NANOSECONDS_PER_SECOND = 1000 * 1000 * 1000 };

/* Milliseconds as the structure that the system calls take. */
__attribute__((unused)) static struct timespec milliseconds(long count)
{
    return (struct timespec){count / 1000, count % 1000 * NANOSECONDS_PER_MILLISECOND};
}

__attribute__((unused)) static struct timespec monotonic_now(void)
{
    struct timespec now = {0, 0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now;
}

/* Nanoseconds from one time to the other. */
__attribute__((unused)) static long long between(struct timespec from, struct timespec to)
{
    return (to.tv_sec - from.tv_sec) * (long long)NANOSECONDS_PER_SECOND + (to.tv_nsec - from.tv_nsec);
}

/* Whether at least so many milliseconds have passed since `start` on the monotonic clock. */
__attribute__((unused)) static int have_passed(struct timespec start, long count)
{
    return between(start, monotonic_now()) >= (long long)count * NANOSECONDS_PER_MILLISECOND;
}

#endif
