/*
 * select_test: select leaves the ready descriptors in its sets, waits until there is one, and not shorter than told.
 * Sabotage: select
 */
#include <sys/select.h>

#include "check.h"
#include "child.h"
#include "clock.h"

/* Long enough for any machine: it only bounds a test that fails. */
enum { PATIENCE_MS = 60 * 1000, SHORT_MS = 50 };

static fd_set readable, writable;

/* Selects for reading one descriptor and writing another; -1 leaves one out. Returns what select returns. */
static int select_two(int reading, int writing, long timeout_ms)
{
    struct timeval timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000};
    FD_ZERO(&readable);
    FD_ZERO(&writable);
    if (reading >= 0)
        FD_SET(reading, &readable);
    if (writing >= 0)
        FD_SET(writing, &writable);
    int highest = reading > writing ? reading : writing;
    return select(highest + 1, &readable, &writable, NULL, &timeout);
}

int main(void)
{
    int ends[2];
    char byte;
    plan(9);
    if (!check(pipe(ends) == 0, "a pipe opens"))
        return done();
    check(select_two(ends[0], -1, 0) == 0 && !FD_ISSET(ends[0], &readable), "an empty pipe is not ready to read");
    check(select_two(ends[0], ends[1], PATIENCE_MS) == 1 && FD_ISSET(ends[1], &writable)
              && !FD_ISSET(ends[0], &readable),
          "it is ready to write");

    struct timespec start = monotonic_now();
    check(select_two(ends[0], -1, SHORT_MS) == 0 && have_passed(start, SHORT_MS), "a timeout is waited for");
    start = monotonic_now();
    check(select_two(-1, -1, SHORT_MS) == 0 && have_passed(start, SHORT_MS), "also without any descriptor");

    write(ends[1], "x", 1);
    check(select_two(ends[0], ends[1], PATIENCE_MS) == 2 && FD_ISSET(ends[0], &readable)
              && FD_ISSET(ends[1], &writable),
          "a descriptor is counted in every set where it is ready");

    /* The child writes only after the parent has had time to fall asleep; were it later, the test would still hold. */
    read(ends[0], &byte, 1);
    pid_t child = fork();
    if (child == 0) {
        struct timespec pause = milliseconds(SHORT_MS);
        nanosleep(&pause, NULL);
        _exit(write(ends[1], "y", 1) == 1 ? KEPT_WORD : 1);
    }
    int woken = select_two(ends[0], -1, PATIENCE_MS) == 1;
    check(fate(child) == KEPT_WORD && woken && read(ends[0], &byte, 1) == 1 && byte == 'y',
          "a write by a child wakes a sleeping select");

    close(ends[1]);
    check(select_two(ends[0], -1, PATIENCE_MS) == 1 && read(ends[0], &byte, 1) == 0,
          "the end of a pipe is ready to read");
    close(ends[0]);
    check(select_two(ends[0], -1, 0) == -1 && errno == EBADF, "a closed descriptor is EBADF");
    return done();
}
