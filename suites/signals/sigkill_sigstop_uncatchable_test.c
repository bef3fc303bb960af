/*
 * sigkill_sigstop_uncatchable_test: SIGKILL and SIGSTOP cannot be handled, ignored or blocked.
 * Sabotage: sigaction
 */
#include "handle.h"

static void on_signal(int sig)
{
    (void)sig;
}

static int refused(int sig, void (*handler)(int))
{
    errno = 0;
    return handle(sig, handler, 0) == -1 && errno == EINVAL;
}

static void block_everything(void)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
}

static int blocks_everything(void)
{
    block_everything();
    if (is_blocked(SIGKILL) || is_blocked(SIGSTOP) || !is_blocked(SIGTERM))
        return 8;
    tell('r');
    hold();
    return 7;
}

static int held(struct child *child)
{
    *child = start(blocks_everything);
    return hear(child) == 'r';
}

int main(void)
{
    struct child child;
    plan(6);
    check(refused(SIGKILL, on_signal) && refused(SIGSTOP, on_signal), "handlers are refused with EINVAL");
    check(refused(SIGKILL, SIG_IGN) && refused(SIGSTOP, SIG_IGN), "so is ignoring them");

    int is_held = held(&child);
    check(is_held, "blocking everything leaves both out, and is no error");
    kill(child.pid, SIGTERM);
    kill(child.pid, SIGKILL);
    check(killed(finish(&child), SIGKILL), "SIGKILL ends a process that blocks everything");

    held(&child);
    kill(child.pid, SIGSTOP);
    check(stopped(changes(child.pid, WUNTRACED), SIGSTOP), "SIGSTOP stops a process that blocks everything");
    kill(child.pid, SIGKILL);
    check(killed(changes(child.pid, 0), SIGKILL), "SIGKILL ends a stopped process");
    put_down(&child);
    return done();
}
