/*
 * signal_fork_test: a forked child starts with its parent's handlers and mask, and changes only its own.
 * Sabotage: sigaction
 */
#include "handle.h"

static volatile sig_atomic_t calls;

static void on_signal(int sig)
{
    (void)sig;
    calls++;
}

static int handles(void)
{
    kill(getpid(), SIGUSR1);
    return calls == 1 ? 0 : 7;
}

static int ignores(void)
{
    kill(getpid(), SIGUSR2);
    return 0;
}

static int is_masked(void)
{
    return is_blocked(SIGTERM) && !is_blocked(SIGINT) ? 0 : 7;
}

static int changes_everything(void)
{
    handle(SIGUSR1, SIG_IGN, 0);
    handle(SIGUSR2, SIG_DFL, 0);
    unblock(SIGTERM);
    block(SIGINT);
    return 0;
}

static int action_is(int sig, void (*expected)(int))
{
    struct sigaction action;
    return sigaction(sig, NULL, &action) == 0 && action.sa_handler == expected;
}

static int holds_with_handler(void)
{
    tell('r');
    hold();
    return calls == 1 ? 0 : 7;
}

int main(void)
{
    plan(7);
    unblock(SIGINT);
    handle(SIGUSR1, on_signal, 0);
    handle(SIGUSR2, SIG_IGN, 0);
    block(SIGTERM);

    struct child child = start(handles);
    check(exited(finish(&child), 0), "a child has its parent's handler");
    check(calls == 0, "what the child's handler does stays in the child");
    child = start(ignores);
    check(exited(finish(&child), 0), "a child ignores what its parent ignored");
    child = start(is_masked);
    check(exited(finish(&child), 0), "a child has its parent's mask");
    child = start(holds_with_handler);
    hear(&child);
    kill(child.pid, SIGUSR1);
    check(exited(finish(&child), 0) && calls == 0, "a signal to the child runs the handler in the child alone");

    child = start(changes_everything);
    finish(&child);
    check(action_is(SIGUSR1, on_signal) && action_is(SIGUSR2, SIG_IGN), "a child's new handlers are its own");
    check(is_blocked(SIGTERM) && !is_blocked(SIGINT), "a child's new mask is its own");
    return done();
}
