/*
 * many_children_test: 200 children at a time, and 300 one after the other.
 * When fork() fails half-way, the table of processes is full or what ended children held has not been given back.
 * Sabotage: waitpid
 */
#include <sys/wait.h>

#include "check.h"

enum { AT_A_TIME = 200, IN_TURN = 300 };

static pid_t children[AT_A_TIME];

/* Never 0, so that no process passes for a child. */
static int code_of(int i)
{
    return i % 200 + 1;
}

static int index_of(pid_t pid)
{
    for (int i = 0; i < AT_A_TIME; i++)
        if (children[i] == pid)
            return i;
    return -1;
}

static int all_ids_differ(int count)
{
    for (int i = 0; i < count; i++)
        if (index_of(children[i]) != i)
            return 0;
    return 1;
}

int main(void)
{
    int gate[2], started = 0, reaped = 0, right = 1, status;
    char byte;
    plan(5);
    if (pipe(gate) < 0)
        return 1;
    while (started < AT_A_TIME) {
        pid_t pid = fork();
        if (pid < 0)
            break;
        if (pid == 0) {
            /* All live until the parent closes the gate. */
            close(gate[1]);
            _exit(read(gate[0], &byte, 1) == 0 ? code_of(started) : 255);
        }
        children[started++] = pid;
    }
    check(started == AT_A_TIME, "200 children live at a time");
    check(all_ids_differ(started), "each has an id of its own");
    close(gate[1]);
    close(gate[0]);
    for (pid_t pid; reaped < started && (pid = wait(&status)) > 0; reaped++) {
        int i = index_of(pid);
        right &= i >= 0 && WIFEXITED(status) && WEXITSTATUS(status) == code_of(i);
    }
    check(reaped == started, "each is reaped");
    check(right && reaped > 0, "each with its own exit status");

    for (reaped = 0; reaped < IN_TURN; reaped++) {
        pid_t pid = fork();
        if (pid == 0)
            _exit(code_of(reaped));
        if (pid < 0 || waitpid(pid, &status, 0) != pid || WEXITSTATUS(status) != code_of(reaped))
            break;
    }
    check(reaped == IN_TURN, "300 more come and go in turn");
    return done();
}
