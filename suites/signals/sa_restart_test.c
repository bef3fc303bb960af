/*
 * sa_restart_test: a system call cut short by a handler fails with EINTR, or goes on with SA_RESTART.
 * Sabotage: sigaction
 */
#include <fcntl.h>

#include "handle.h"

static volatile sig_atomic_t calls;
static pid_t target;
static int data[2];

static void on_signal(int sig)
{
    (void)sig;
    calls++;
}

/* Interrupts again and again, since the first signal may come before the call; then ends the call by its proper means. */
static int interrupts_then_writes(void)
{
    for (int sent = 0; sent < 20; sent++) {
        kill(target, SIGUSR1);
        nap();
    }
    return write(data[1], "d", 1) == 1 ? 0 : 7;
}

static int interrupts_until_released(void)
{
    fcntl(from_parent, F_SETFL, O_NONBLOCK);
    for (int sent = 0; sent < PATIENCE; sent++) {
        char byte;
        kill(target, SIGUSR1);
        nap();
        if (read(from_parent, &byte, 1) == 1)
            return 0;
    }
    write(data[1], "d", 1);
    return 7;
}

static int interrupts_then_exits(void)
{
    for (int sent = 0; sent < 20; sent++) {
        kill(target, SIGUSR1);
        nap();
    }
    return 3;
}

static int waits(void)
{
    hold();
    return 3;
}

static int read_goes_on(void)
{
    char byte = 0;
    calls = 0;
    handle(SIGUSR1, on_signal, SA_RESTART);
    struct child child = start(interrupts_then_writes);
    ssize_t got = read(data[0], &byte, 1);
    finish(&child);
    return got == 1 && byte == 'd' && calls > 0;
}

static int read_is_interrupted(void)
{
    char byte = 0;
    calls = 0;
    handle(SIGUSR1, on_signal, 0);
    struct child child = start(interrupts_until_released);
    ssize_t got = read(data[0], &byte, 1);
    int interrupted = got == -1 && errno == EINTR && calls > 0;
    return exited(finish(&child), 0) && interrupted;
}

static int waitpid_goes_on(void)
{
    int status;
    calls = 0;
    handle(SIGUSR1, on_signal, SA_RESTART);
    struct child child = start(interrupts_then_exits);
    pid_t reaped = waitpid(child.pid, &status, 0);
    close_pipes(&child);
    return reaped == child.pid && exited(status, 3) && calls > 0;
}

static int waitpid_is_interrupted(void)
{
    int status;
    calls = 0;
    handle(SIGUSR1, on_signal, 0);
    struct child sleeper = start(waits);
    struct child child = start(interrupts_until_released);
    pid_t reaped = waitpid(sleeper.pid, &status, 0);
    int interrupted = reaped == -1 && errno == EINTR && calls > 0;
    finish(&child);
    return exited(finish(&sleeper), 3) && interrupted;
}

static int nanosleep_tells_the_rest(void)
{
    struct timespec hour = { .tv_sec = 3600 }, rest = { 0 };
    handle(SIGUSR1, on_signal, SA_RESTART);
    struct child child = start(interrupts_until_released);
    int slept = nanosleep(&hour, &rest);
    int interrupted = slept == -1 && errno == EINTR;
    finish(&child);
    /* Timers are rounded up, so an early interruption may leave a little more than the hour. */
    return interrupted && rest.tv_sec > 0 && rest.tv_sec <= 3600;
}

int main(void)
{
    plan(5);
    target = getpid();
    if (pipe(data) < 0)
        return 1;
    check(read_goes_on(), "read() goes on with SA_RESTART");
    check(read_is_interrupted(), "read() fails with EINTR without it");
    check(waitpid_goes_on(), "waitpid() goes on with SA_RESTART");
    check(waitpid_is_interrupted(), "waitpid() fails with EINTR without it");
    check(nanosleep_tells_the_rest(), "nanosleep() never goes on, and tells what remains");
    return done();
}
