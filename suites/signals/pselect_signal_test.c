/*
 * pselect_signal_test: pselect() lets signals in only while it waits, and poll() is always interrupted.
 * Sabotage: pselect
 */
#include <fcntl.h>
#include <poll.h>
#include <sys/select.h>

#include "handle.h"

static volatile sig_atomic_t calls;
static pid_t target;

static void on_signal(int sig)
{
    (void)sig;
    calls++;
}

static int interrupts_until_released(void)
{
    fcntl(from_parent, F_SETFL, O_NONBLOCK);
    for (int sent = 0; sent < PATIENCE; sent++) {
        char byte;
        kill(target, SIGUSR1);
        nap();
        if (read(from_parent, &byte, 1) == 1)
            break;
    }
    return 0;
}

/* Waits for no descriptor at all. */
static int waits_with(const sigset_t *mask)
{
    struct timespec long_enough = { .tv_sec = 600 };
    errno = 0;
    return pselect(0, NULL, NULL, NULL, &long_enough, mask);
}

int main(void)
{
    sigset_t open;
    plan(5);
    target = getpid();
    handle(SIGUSR1, on_signal, SA_RESTART);
    block(SIGUSR1);
    sigprocmask(SIG_BLOCK, NULL, &open);
    sigdelset(&open, SIGUSR1);

    kill(target, SIGUSR1);
    check(waits_with(&open) == -1 && errno == EINTR && calls == 1, "a pending signal that its mask lets in ends it");
    check(is_blocked(SIGUSR1), "the mask is put back");

    kill(target, SIGUSR1);
    struct timespec moment = { .tv_nsec = 20 * 1000 * 1000 };
    check(pselect(0, NULL, NULL, NULL, &moment, NULL) == 0 && calls == 1, "without a mask a blocked signal does not");
    unblock(SIGUSR1);
    calls = 0;

    struct child child = start(interrupts_until_released);
    check(waits_with(NULL) == -1 && errno == EINTR && calls > 0, "a signal from a child ends it, SA_RESTART or not");
    finish(&child);
    child = start(interrupts_until_released);
    errno = 0;
    check(poll(NULL, 0, 600 * 1000) == -1 && errno == EINTR, "and poll() as well");
    finish(&child);
    return done();
}
