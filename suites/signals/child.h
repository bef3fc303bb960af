/*
 * A child process and the two pipes that keep it in step with its parent, so that no test has to sleep and hope.
 *
 *     static int body(void)
 *     {
 *         tell('r');                     the child has come this far
 *         hold();                        and goes no further until the parent says so
 *         return 0;                      its exit status
 *     }
 *
 *     struct child child = start(body);
 *     hear(&child);
 *     kill(child.pid, SIGTERM);
 *     int status = finish(&child);       lets it go and reaps it
 *
 * A signal sent before finish() is pending when the child wakes, so it acts first. A kernel that loses the signal shows
 * the child's own exit status instead of a hang.
 */
#ifndef TWINBOOT_CHILD_H
#define TWINBOOT_CHILD_H

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "check.h"

struct child {
    pid_t pid;
    int down[2]; /* The parent keeps both ends: to write to a dead child must not raise SIGPIPE. */
    int up;
};

static int from_parent = -1;
static int to_parent = -1;

/* Runs body in a new process, which exits with its result. Without processes there is nothing to test: the program ends. */
static inline struct child start(int (*body)(void))
{
    struct child child;
    int up[2];
    pid_t parent = getpid();
    if (pipe(child.down) < 0 || pipe(up) < 0 || (child.pid = fork()) < 0) {
        say("# no child: %s", strerror(errno));
        _exit(1);
    }
    if (child.pid == 0) {
        if (getpid() == parent)
            _exit(99); /* fork() returned 0 in the caller: there is no new process. */
        close(child.down[1]);
        close(up[0]);
        from_parent = child.down[0];
        to_parent = up[1];
        _exit(body());
    }
    close(up[1]);
    child.up = up[0];
    return child;
}

/* Reads one byte, through interruptions; -1 at the end of the pipe. */
static inline int read_byte(int from)
{
    unsigned char byte;
    ssize_t got;
    do
        got = read(from, &byte, 1);
    while (got < 0 && errno == EINTR);
    return got == 1 ? byte : -1;
}

static inline void write_byte(int to, unsigned char byte)
{
    while (write(to, &byte, 1) < 0 && errno == EINTR)
        ;
}

/* In the child: says one byte to the parent. */
static inline void tell(int byte)
{
    write_byte(to_parent, byte);
}

/* In the child: waits until the parent lets it go, or is gone. Signal handlers run meanwhile. */
static inline void hold(void)
{
    read_byte(from_parent);
}

/* In the parent: the next byte the child says; -1 once it has ended. */
static inline int hear(const struct child *child)
{
    return read_byte(child->up);
}

/* In the parent: ends one hold(), the present one or the next. */
static inline void let_go(const struct child *child)
{
    write_byte(child->down[1], 'g');
}

/* Waits for a process to end; its wait status, or -1 when there is no such child. */
static inline int reap(pid_t pid)
{
    int status = -1;
    pid_t reaped;
    do
        reaped = waitpid(pid, &status, 0);
    while (reaped < 0 && errno == EINTR);
    return reaped == pid ? status : -1;
}

static inline void close_pipes(const struct child *child)
{
    close(child->down[0]);
    close(child->down[1]);
    close(child->up);
}

/* Lets the child go and waits for its end; its wait status. */
static inline int finish(const struct child *child)
{
    let_go(child);
    int status = reap(child->pid);
    close_pipes(child);
    return status;
}

/* Ends a child that may be stopped or stuck. */
static inline void put_down(const struct child *child)
{
    kill(child->pid, SIGKILL);
    finish(child);
}

/* Sleeps for about 10 ms, less when a signal comes. */
static inline void nap(void)
{
    struct timespec while_others_run = { .tv_nsec = 10 * 1000 * 1000 };
    nanosleep(&while_others_run, NULL);
}

/* How many naps a test takes before it calls an event lost. Only a failing test waits that long. */
enum { PATIENCE = 1000 };

/* Waits for a change that might never come: the wait status, or -1 when patience ran out. Options as for waitpid(). */
static inline int changes(pid_t pid, int options)
{
    for (int naps = 0; naps < PATIENCE; naps++) {
        int status;
        pid_t changed = waitpid(pid, &status, options | WNOHANG);
        if (changed == pid)
            return status;
        if (changed < 0 && errno != EINTR)
            return -1;
        nap();
    }
    return -1;
}

static inline void say_status(int status)
{
    if (status == -1)
        say("# the child has no status");
    else if (WIFEXITED(status))
        say("# the child exited with %d", WEXITSTATUS(status));
    else if (WIFSIGNALED(status))
        say("# the child was ended by signal %d", WTERMSIG(status));
    else if (WIFSTOPPED(status))
        say("# the child was stopped by signal %d", WSTOPSIG(status));
    else
        say("# the child's wait status is 0x%x", (unsigned)status);
}

/* Whether a wait status says what it should; says what it is otherwise. */
static inline int exited(int status, int code)
{
    int as_expected = status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == code;
    if (!as_expected)
        say_status(status);
    return as_expected;
}

static inline int killed(int status, int sig)
{
    int as_expected = status != -1 && WIFSIGNALED(status) && WTERMSIG(status) == sig;
    if (!as_expected)
        say_status(status);
    return as_expected;
}

static inline int stopped(int status, int sig)
{
    int as_expected = status != -1 && WIFSTOPPED(status) && WSTOPSIG(status) == sig;
    if (!as_expected)
        say_status(status);
    return as_expected;
}

#endif
