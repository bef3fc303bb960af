/*
 * poll_test: poll says which descriptors are ready, waits until one is, and not shorter than it was told.
 * Sabotage: poll
 */
#include <poll.h>

#include "check.h"
#include "child.h"
#include "clock.h"

/* Long enough for any machine: it only bounds a test that fails. */
enum { PATIENCE_MS = 60 * 1000, SHORT_MS = 50 };

/* Polls one descriptor. Returns its events, 0 when nothing happened, -1 for an error. */
static int poll_one(int descriptor, short events, int timeout)
{
    struct pollfd entry = {descriptor, events, -1};
    int ready = poll(&entry, 1, timeout);
    if (ready < 0 || ready != (entry.revents != 0))
        return -1;
    return entry.revents;
}

int main(void)
{
    int ends[2], other[2];
    char byte;
    plan(10);
    if (!check(pipe(ends) == 0 && pipe(other) == 0, "two pipes open"))
        return done();
    check(poll_one(ends[0], POLLIN, 0) == 0, "an empty pipe is not ready to read");
    check(poll_one(ends[1], POLLOUT, 0) == POLLOUT, "an empty pipe is ready to write");

    struct timespec start = monotonic_now();
    check(poll_one(ends[0], POLLIN, SHORT_MS) == 0 && have_passed(start, SHORT_MS), "a timeout is waited for");

    write(ends[1], "x", 1);
    check(poll_one(ends[0], POLLIN, 0) == POLLIN && poll_one(ends[0], 0, 0) == 0,
          "a pipe with data is ready, for who asks");

    struct pollfd entries[4] = {{ends[0], POLLIN, 0}, {-1, POLLIN, -1}, {other[0], POLLIN, -1}, {other[1], POLLOUT, 0}};
    check(poll(entries, 4, PATIENCE_MS) == 2 && entries[0].revents == POLLIN && entries[1].revents == 0
              && entries[2].revents == 0 && entries[3].revents == POLLOUT,
          "of several the ready ones are told and counted, and negative ones passed over");

    int closed = dup(ends[0]);
    close(closed);
    check(poll_one(closed, POLLIN, PATIENCE_MS) == POLLNVAL, "a closed descriptor is POLLNVAL");

    /* The child writes only after the parent has had time to fall asleep; were it later, the test would still hold. */
    read(ends[0], &byte, 1);
    pid_t child = fork();
    if (child == 0) {
        struct timespec pause = milliseconds(SHORT_MS);
        nanosleep(&pause, NULL);
        _exit(write(ends[1], "y", 1) == 1 ? KEPT_WORD : 1);
    }
    int woken = poll_one(ends[0], POLLIN, PATIENCE_MS) == POLLIN;
    check(fate(child) == KEPT_WORD && woken && read(ends[0], &byte, 1) == 1 && byte == 'y',
          "a write by a child wakes a sleeping poll");

    close(ends[1]);
    check(poll_one(ends[0], POLLIN, PATIENCE_MS) & POLLHUP, "a pipe whose writer is gone is POLLHUP");
    close(other[0]);
    check(poll_one(other[1], POLLOUT, PATIENCE_MS) & POLLERR, "a pipe whose reader is gone is POLLERR");
    close(ends[0]);
    close(other[1]);
    return done();
}
