/*
 * pipe_test: what is written to a pipe is read from it, once, in order, and both ends learn when the other is gone.
 * Sabotage: pipe
 */
#include <limits.h>

#include "check.h"
#include "child.h"

enum { LARGE = 200 * 1000 };

static char buffer[4096];

/* A byte that depends on its place, so that a lost, doubled or swapped block shows. */
static char byte_at(long place)
{
    return (char)(place % 251);
}

static int write_pattern(int end)
{
    for (long place = 0; place < LARGE;) {
        size_t length = LARGE - place < (long)sizeof buffer ? (size_t)(LARGE - place) : sizeof buffer;
        for (size_t index = 0; index < length; index++)
            buffer[index] = byte_at(place + (long)index);
        ssize_t wrote = write(end, buffer, length);
        if (wrote <= 0)
            return 0;
        place += wrote;
    }
    return 1;
}

/* Reads to the end. Returns whether it was the pattern. */
static int read_pattern(int end)
{
    long place = 0;
    ssize_t got;
    int same = 1;
    while ((got = read(end, buffer, 1000)) > 0)
        for (ssize_t index = 0; index < got; index++)
            same = same && buffer[index] == byte_at(place++);
    return same && got == 0 && place == LARGE;
}

static int passes_between_processes(void)
{
    int ends[2];
    if (pipe(ends) != 0)
        return 0;
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        _exit(write_pattern(ends[1]) ? KEPT_WORD : 1);
    }
    close(ends[1]);
    int same = read_pattern(ends[0]);
    close(ends[0]);
    return fate(child) == KEPT_WORD && same;
}

/* What becomes of a child that writes to a pipe nobody can read. */
static int fate_without_reader(void (*on_sigpipe)(int))
{
    int ends[2];
    pid_t child = fork();
    if (child == 0) {
        signal(SIGPIPE, on_sigpipe);
        if (pipe(ends) != 0 || close(ends[0]) != 0)
            _exit(1);
        _exit(write(ends[1], "x", 1) == -1 && errno == EPIPE ? KEPT_WORD : 2);
    }
    return fate(child);
}

int main(void)
{
    int ends[2] = {-1, -1};
    plan(9);
    if (!check(pipe(ends) == 0 && ends[0] >= 0 && ends[1] >= 0 && ends[0] != ends[1], "a pipe has two ends"))
        return done();
    check(write(ends[1], "first", 5) == 5 && write(ends[1], "second", 6) == 6, "writes are taken whole");
    check(read(ends[0], buffer, 3) == 3 && memcmp(buffer, "fir", 3) == 0, "a read takes what it asks for");
    check(read(ends[0], buffer, sizeof buffer) == 8 && memcmp(buffer, "stsecond", 8) == 0,
          "a read that asks for more gets what is there");
    check(read(ends[1], buffer, 1) == -1 && errno == EBADF, "the writing end cannot be read");
    check(write(ends[0], "x", 1) == -1 && errno == EBADF, "the reading end cannot be written");

    /* With room for PIPE_BUF bytes in an empty pipe this cannot block. */
    static char whole[PIPE_BUF];
    int kept = write(ends[1], whole, sizeof whole) == sizeof whole && write(ends[1], "", 0) == 0;
    close(ends[1]);
    size_t total = 0;
    ssize_t got;
    while ((got = read(ends[0], buffer, sizeof buffer)) > 0)
        total += (size_t)got;
    check(kept && got == 0 && total == sizeof whole, "what was written can be read after the writer is gone, then 0");
    close(ends[0]);

    check(passes_between_processes(), "200,000 bytes pass from a child, which blocks while the pipe is full");
    check(fate_without_reader(SIG_DFL) == -SIGPIPE && fate_without_reader(SIG_IGN) == KEPT_WORD,
          "a pipe without reader is SIGPIPE, or EPIPE where that is ignored");
    return done();
}
