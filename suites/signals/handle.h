/*
 * Handlers and masks, one signal at a time.
 */
#ifndef TWINBOOT_HANDLE_H
#define TWINBOOT_HANDLE_H

#include <signal.h>

#include "child.h"

/* Installs a handler, SIG_DFL or SIG_IGN with an empty sa_mask. */
static inline int handle(int sig, void (*handler)(int), int flags)
{
    struct sigaction action = { .sa_handler = handler, .sa_flags = flags };
    sigemptyset(&action.sa_mask);
    return sigaction(sig, &action, NULL);
}

/* Installs a handler that is told who sent the signal and why. */
static inline int handle_info(int sig, void (*handler)(int, siginfo_t *, void *), int flags)
{
    struct sigaction action = { .sa_sigaction = handler, .sa_flags = flags | SA_SIGINFO };
    sigemptyset(&action.sa_mask);
    return sigaction(sig, &action, NULL);
}

static inline sigset_t only(int sig)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, sig);
    return set;
}

static inline int block(int sig)
{
    sigset_t set = only(sig);
    return sigprocmask(SIG_BLOCK, &set, NULL);
}

static inline int unblock(int sig)
{
    sigset_t set = only(sig);
    return sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static inline int is_blocked(int sig)
{
    sigset_t mask;
    sigemptyset(&mask);
    sigprocmask(SIG_BLOCK, NULL, &mask);
    return sigismember(&mask, sig) == 1;
}

static inline int is_pending(int sig)
{
    sigset_t pending;
    sigemptyset(&pending);
    sigpending(&pending);
    return sigismember(&pending, sig) == 1;
}

/* Whether a handler has counted as far as wanted, given time. */
static inline int arrives(const volatile sig_atomic_t *count, int wanted)
{
    for (int naps = 0; *count < wanted && naps < PATIENCE; naps++)
        nap();
    return *count >= wanted;
}

#endif
