/*
 * pipe_fork_test: a pipe made before fork() connects the two processes, and ends when its last writer is gone.
 * A read that never returns here is an end of the pipe whose references were not counted: in fork(), close() or exit.
 * Sabotage: pipe
 */
#include <sys/wait.h>

#include "check.h"

/* What a child exits with when all went well: not 0, so that no process passes for one. */
enum { WELL = 5 };

enum { MUCH = 300000, WRITERS = 4, EACH = 100 };

static int reaped_well(pid_t pid)
{
    int status;
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == WELL;
}

static int child_writes_parent_reads(void)
{
    int ends[2];
    char word[6] = "";
    if (pipe(ends) < 0)
        return 0;
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        _exit(write(ends[1], "hello", 5) == 5 ? WELL : 7);
    }
    close(ends[1]);
    ssize_t got = read(ends[0], word, 5);
    ssize_t end = read(ends[0], word + 5, 1);
    close(ends[0]);
    return reaped_well(child) && got == 5 && end == 0 && memcmp(word, "hello", 5) == 0;
}

static int parent_writes_child_reads(void)
{
    int ends[2];
    if (pipe(ends) < 0)
        return 0;
    pid_t child = fork();
    if (child == 0) {
        char byte;
        close(ends[1]);
        int right = read(ends[0], &byte, 1) == 1 && byte == 'x' && read(ends[0], &byte, 1) == 0;
        _exit(right ? WELL : 7);
    }
    close(ends[0]);
    ssize_t wrote = write(ends[1], "x", 1);
    close(ends[1]);
    return reaped_well(child) && wrote == 1;
}

/* Far more than a pipe holds, so writer and reader must wait for each other. */
static int much_arrives_in_order(void)
{
    int ends[2];
    unsigned char buffer[1000];
    if (pipe(ends) < 0)
        return 0;
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        for (int sent = 0; sent < MUCH;) {
            int size = MUCH - sent < (int)sizeof buffer ? MUCH - sent : (int)sizeof buffer;
            for (int i = 0; i < size; i++)
                buffer[i] = (sent + i) % 251;
            ssize_t wrote = write(ends[1], buffer, size);
            if (wrote <= 0)
                _exit(7);
            sent += wrote;
        }
        _exit(WELL);
    }
    close(ends[1]);
    int received = 0, right = 1;
    ssize_t got;
    while ((got = read(ends[0], buffer, sizeof buffer)) > 0) {
        for (int i = 0; i < got; i++)
            right &= buffer[i] == (received + i) % 251;
        received += got;
    }
    close(ends[0]);
    return reaped_well(child) && right && received == MUCH;
}

/* Writes of up to PIPE_BUF bytes are never mixed. */
static int writers_do_not_mix(void)
{
    int ends[2];
    pid_t children[WRITERS];
    char record[64];
    int counts[WRITERS] = { 0 }, right = 1;
    if (pipe(ends) < 0)
        return 0;
    for (int i = 0; i < WRITERS; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            memset(record, 'A' + i, sizeof record);
            for (int j = 0; j < EACH; j++)
                if (write(ends[1], record, sizeof record) != sizeof record)
                    _exit(7);
            _exit(WELL);
        }
    }
    close(ends[1]);
    for (;;) {
        size_t filled = 0;
        ssize_t got = 0;
        while (filled < sizeof record && (got = read(ends[0], record + filled, sizeof record - filled)) > 0)
            filled += got;
        if (filled < sizeof record)
            break;
        int writer = record[0] - 'A';
        for (unsigned i = 0; i < sizeof record; i++)
            right &= record[i] == record[0];
        if (writer >= 0 && writer < WRITERS)
            counts[writer]++;
    }
    close(ends[0]);
    for (int i = 0; i < WRITERS; i++)
        right &= reaped_well(children[i]) && counts[i] == EACH;
    return right;
}

int main(void)
{
    plan(4);
    check(child_writes_parent_reads(), "a child writes, its parent reads to the end");
    check(parent_writes_child_reads(), "a parent writes, its child reads to the end");
    check(much_arrives_in_order(), "300000 bytes arrive in order");
    check(writers_do_not_mix(), "records of four writers do not mix");
    return done();
}
