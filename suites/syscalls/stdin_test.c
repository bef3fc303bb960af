/*
 * stdin_test: standard input is read from whatever was put there: a pipe, a file, nothing.
 * Sabotage: dup2
 */
#include <fcntl.h>

#include "check.h"
#include "child.h"

/* Runs `reader` in a child that has `input` as its standard input, and returns its answer. -1 closes it instead. */
static int answer_with(int input, int (*reader)(void))
{
    pid_t child = fork();
    if (child == 0) {
        if (input < 0)
            close(STDIN_FILENO);
        else if (dup2(input, STDIN_FILENO) != STDIN_FILENO)
            _exit(1);
        _exit(reader() ? KEPT_WORD : 2);
    }
    return fate(child);
}

static int reads_hello(void)
{
    char bytes[16];
    return read(STDIN_FILENO, bytes, sizeof bytes) == 6 && memcmp(bytes, "hello\n", 6) == 0;
}

static int reads_hello_then_end(void)
{
    char byte;
    return reads_hello() && read(STDIN_FILENO, &byte, 1) == 0;
}

static int reads_end(void)
{
    char byte;
    return read(STDIN_FILENO, &byte, 1) == 0;
}

static int has_none(void)
{
    char byte;
    return read(STDIN_FILENO, &byte, 1) == -1 && errno == EBADF;
}

/* The lowest free descriptor is 0 when standard input is closed. */
static int opens_new_one(void)
{
    return open("stdin_file", O_RDONLY) == STDIN_FILENO && reads_hello_then_end();
}

int main(void)
{
    int full[2], empty[2], file;
    plan(7);
    if (!check(pipe(full) == 0 && pipe(empty) == 0 && write(full[1], "hello\n", 6) == 6
                   && (file = open("stdin_file", O_RDWR | O_CREAT | O_TRUNC, 0600)) >= 0
                   && write(file, "hello\n", 6) == 6 && lseek(file, 0, SEEK_SET) == 0,
               "two pipes and a file are made"))
        return done();
    close(full[1]);
    close(empty[1]);

    check(answer_with(full[0], reads_hello_then_end) == KEPT_WORD, "a pipe gives its data, then ends");
    check(answer_with(empty[0], reads_end) == KEPT_WORD, "an empty pipe without writer ends at once");
    check(answer_with(file, reads_hello_then_end) == KEPT_WORD, "a file gives its data, then ends");
    check(answer_with(file, reads_end) == KEPT_WORD, "the next reader goes on where the last one stopped");
    check(answer_with(-1, has_none) == KEPT_WORD, "a closed standard input is EBADF");
    check(answer_with(-1, opens_new_one) == KEPT_WORD, "the next file to be opened takes its place");
    close(full[0]);
    close(empty[0]);
    close(file);
    unlink("stdin_file");
    return done();
}
