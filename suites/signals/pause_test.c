/*
 * pause_test: pause() waits until a handler has run, and then fails with EINTR.
 * Sabotage: pause
 */
#include "handle.h"

static volatile sig_atomic_t calls;

static void on_signal(int sig)
{
    (void)sig;
    calls++;
}

static int pauses(void)
{
    handle(SIGUSR1, on_signal, 0);
    handle(SIGUSR2, SIG_IGN, 0);
    tell('r');
    int returned = pause();
    return returned == -1 && errno == EINTR && calls > 0 ? 0 : 7;
}

static int pauses_with_defaults(void)
{
    handle(SIGTERM, SIG_DFL, 0);
    tell('r');
    pause();
    return 7;
}

static int pauses_with_restart(void)
{
    handle(SIGUSR1, on_signal, SA_RESTART);
    tell('r');
    int returned = pause();
    return returned == -1 && errno == EINTR && calls > 0 ? 0 : 7;
}

/* Sends a signal until the child ends: the first may come before the child has begun to pause. */
static int ends_when_sent(const struct child *child, int sig)
{
    for (int naps = 0; naps < PATIENCE; naps++) {
        int status;
        kill(child->pid, sig);
        nap();
        if (waitpid(child->pid, &status, WNOHANG) == child->pid) {
            close_pipes(child);
            return status;
        }
    }
    put_down(child);
    return -1;
}

int main(void)
{
    plan(4);
    struct child child = start(pauses);
    hear(&child);
    int status, woken = 0;
    for (int sent = 0; sent < 10 && !woken; sent++) {
        kill(child.pid, SIGUSR2);
        nap();
        woken = waitpid(child.pid, &status, WNOHANG) != 0;
    }
    check(!woken, "an ignored signal does not end pause()");
    check(!woken && exited(ends_when_sent(&child, SIGUSR1), 0), "pause() returns -1 with EINTR after a handler");
    child = start(pauses_with_restart);
    hear(&child);
    check(exited(ends_when_sent(&child, SIGUSR1), 0), "SA_RESTART does not restart pause()");
    child = start(pauses_with_defaults);
    hear(&child);
    check(killed(ends_when_sent(&child, SIGTERM), SIGTERM), "a signal that nobody handles ends a pausing child");
    return done();
}
