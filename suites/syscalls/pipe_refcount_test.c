/*
 * pipe_refcount_test: a pipe ends when the last descriptor of its writing end is closed, in whatever process that is.
 * A kernel that counts the copies made by fork or dup wrongly ends pipes too early, or never: pipelines hang.
 * Sabotage: dup
 */
#include <fcntl.h>

#include "check.h"
#include "child.h"

static int reading, writing;

static int open_pipe(void)
{
    int ends[2];
    if (pipe(ends) != 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0)
        return 0;
    reading = ends[0];
    writing = ends[1];
    return 1;
}

/* An empty pipe says EAGAIN while there is a writer, and ends when there is none. */
static int has_writer(void)
{
    char byte;
    return read(reading, &byte, 1) == -1 && errno == EAGAIN;
}

static int has_ended(void)
{
    char byte;
    return read(reading, &byte, 1) == 0;
}

/* Starts a child that holds the writing end until `release` ends. */
static pid_t start_holder(const int release[2])
{
    pid_t child = fork();
    if (child == 0) {
        char byte;
        close(release[1]);
        _exit(read(release[0], &byte, 1) == 0 ? KEPT_WORD : 1);
    }
    return child;
}

int main(void)
{
    plan(6);
    check(open_pipe() && has_writer(), "a pipe with its writing end open has not ended");
    close(writing);
    check(has_ended() && has_ended(), "it ends when that is closed, and stays so");
    close(reading);

    int copy = open_pipe() ? dup(writing) : -1;
    close(writing);
    int held = copy >= 0 && has_writer();
    close(copy);
    check(held && has_ended(), "a duplicate holds it open");
    close(reading);

    int release[2] = {-1, -1};
    pid_t child = open_pipe() && pipe(release) == 0 ? start_holder(release) : -1;
    close(writing);
    close(release[0]);
    check(child > 0 && has_writer(), "a child's copy holds it open");
    close(release[1]);
    check(fate(child) == KEPT_WORD && has_ended(), "the end of the child ends it");
    close(reading);

    /* The same from the other side: the reader's copies decide over SIGPIPE. */
    signal(SIGPIPE, SIG_IGN);
    copy = open_pipe() ? dup(reading) : -1;
    close(reading);
    held = write(writing, "x", 1) == 1;
    close(copy);
    check(held && write(writing, "x", 1) == -1 && errno == EPIPE, "the last reader to go breaks the pipe");
    close(writing);
    return done();
}
