/*
 * signal_exec_test: what a program started by exec finds of its predecessor's signals.
 * A handler is an address in a program that is gone, so it must not stay; what is ignored, blocked or pending must.
 * The other half is signal_exec_check.
 * Sabotage: execlp
 */
#include "handle.h"

static void on_signal(int sig)
{
    (void)sig;
}

static int checks(const char *what)
{
    execlp("signal_exec_check", "signal_exec_check", what, (char *)NULL);
    return 127;
}

static int with_handler(void)
{
    handle(SIGUSR1, on_signal, 0);
    return checks("default");
}

static int with_ignored(void)
{
    handle(SIGUSR1, SIG_IGN, 0);
    return checks("ignored");
}

static int with_blocked(void)
{
    block(SIGUSR1);
    return checks("blocked");
}

static int with_unblocked(void)
{
    unblock(SIGUSR1);
    unblock(SIGTERM);
    return checks("unblocked");
}

static int with_pending(void)
{
    handle(SIGUSR1, on_signal, 0);
    block(SIGUSR1);
    kill(getpid(), SIGUSR1);
    return checks("pending");
}

static int with_alternate_stack(void)
{
    static unsigned char memory[64 * 1024];
    stack_t stack = { .ss_sp = memory, .ss_size = sizeof memory };
    return sigaltstack(&stack, NULL) == 0 ? checks("no-stack") : 8;
}

static int with_alarm(void)
{
    alarm(1000);
    return checks("alarm");
}

/* The new program is ended by what its predecessor would have handled. */
static int then_signalled(void)
{
    handle(SIGUSR1, on_signal, 0);
    return checks("raise");
}

static int finds(int (*body)(void))
{
    struct child child = start(body);
    return finish(&child);
}

int main(void)
{
    plan(8);
    check(exited(finds(with_handler), 0), "a handled signal is reset to its default");
    check(exited(finds(with_ignored), 0), "an ignored signal stays ignored");
    check(exited(finds(with_blocked), 0), "a blocked signal stays blocked");
    check(exited(finds(with_unblocked), 0), "a signal that was not blocked still is not");
    check(exited(finds(with_pending), 0), "a pending signal stays pending");
    check(exited(finds(with_alternate_stack), 0), "the alternate stack is gone");
    check(exited(finds(with_alarm), 0), "an alarm keeps counting");
    check(killed(finds(then_signalled), SIGUSR1), "the default action ends the new program");
    return done();
}
