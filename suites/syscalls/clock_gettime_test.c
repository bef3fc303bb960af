/*
 * clock_gettime_test: the clocks run, the monotonic one never goes back, and the real-time one agrees with time().
 * A monotonic clock that goes back now and then usually comes from a counter and its base being read apart, or from
 * processors whose counters differ.
 * Sabotage: clock_gettime
 */
#include "check.h"
#include "clock.h"

/* Reads that a clock gets to move on: enough for one that ticks ten times a second, on a fast machine. */
enum { READS = 100 * 1000, MOST_READS = 20 * 1000 * 1000 };

static int is_valid(struct timespec time)
{
    return time.tv_nsec >= 0 && time.tv_nsec < NANOSECONDS_PER_SECOND;
}

static int never_goes_back(void)
{
    struct timespec last = monotonic_now();
    for (int read = 0; read < READS; read++) {
        struct timespec now = monotonic_now();
        if (!is_valid(now) || between(last, now) < 0) {
            say("# from %lld.%09ld to %lld.%09ld", (long long)last.tv_sec, last.tv_nsec, (long long)now.tv_sec,
                now.tv_nsec);
            return 0;
        }
        last = now;
    }
    return 1;
}

static int moves_on(clockid_t clock)
{
    struct timespec first, now;
    if (clock_gettime(clock, &first) != 0)
        return 0;
    for (int read = 0; read < MOST_READS; read++)
        if (clock_gettime(clock, &now) != 0 || between(first, now) != 0)
            return between(first, now) > 0;
    return 0;
}

/* A libc may take time() from a coarser clock that lags by a tick, hence the second of tolerance afterwards. */
static int agrees_with_time(void)
{
    struct timespec now = {-1, -1};
    time_t before = time(NULL);
    int got = clock_gettime(CLOCK_REALTIME, &now);
    time_t after = time(NULL);
    return got == 0 && is_valid(now) && before <= now.tv_sec && now.tv_sec <= after + 1;
}

int main(void)
{
    struct timespec resolution = {-1, -1}, now = {-1, -1};
    plan(7);
    check(clock_gettime(CLOCK_MONOTONIC, &now) == 0 && is_valid(now) && now.tv_sec >= 0, "the monotonic clock is read");
    check(now.tv_sec >= 0 && moves_on(CLOCK_MONOTONIC), "it moves on");
    check(now.tv_sec >= 0 && never_goes_back(), "it does not go back in 100,000 reads");
    check(agrees_with_time(), "the real-time clock agrees with time()");
    check(now.tv_sec >= 0 && moves_on(CLOCK_PROCESS_CPUTIME_ID), "processor time grows while the process works");
    check(clock_getres(CLOCK_MONOTONIC, &resolution) == 0 && is_valid(resolution)
              && between((struct timespec){0, 0}, resolution) > 0,
          "the resolution is positive");
    check(clock_gettime(12345, &now) == -1 && errno == EINVAL, "an unknown clock is EINVAL");
    return done();
}
