/*
 * sigpipe_test: writing to a pipe that nobody reads sends SIGPIPE and fails with EPIPE.
 * Sabotage: sigaction
 */
#include "handle.h"

static volatile sig_atomic_t calls;

static void on_pipe(int sig)
{
    (void)sig;
    calls++;
}

static ssize_t write_unread(void)
{
    int ends[2];
    if (pipe(ends) < 0)
        return -2;
    close(ends[0]);
    errno = 0;
    ssize_t wrote = write(ends[1], "x", 1);
    int error = errno;
    close(ends[1]);
    errno = error;
    return wrote;
}

static int writes_by_default(void)
{
    handle(SIGPIPE, SIG_DFL, 0);
    write_unread();
    return 7;
}

/* The reader is another process, which ends. */
static int reads_once(void)
{
    return 0;
}

static int writes_to_dead_reader(void)
{
    int ends[2];
    if (pipe(ends) < 0)
        return 8;
    handle(SIGPIPE, SIG_IGN, 0);
    struct child reader = start(reads_once);
    close(ends[0]);
    finish(&reader);
    return write(ends[1], "x", 1) == -1 && errno == EPIPE ? 0 : 7;
}

int main(void)
{
    plan(4);
    handle(SIGPIPE, on_pipe, 0);
    ssize_t wrote = write_unread();
    check(wrote == -1 && errno == EPIPE && calls == 1, "the handler runs once and write() fails with EPIPE");
    handle(SIGPIPE, SIG_IGN, 0);
    wrote = write_unread();
    check(wrote == -1 && errno == EPIPE && calls == 1, "ignored, write() fails with EPIPE");
    struct child child = start(writes_by_default);
    check(killed(finish(&child), SIGPIPE), "by default the writer is ended by SIGPIPE");
    child = start(writes_to_dead_reader);
    check(exited(finish(&child), 0), "a reader's end is noticed");
    return done();
}
