/*
 * sa_nodefer_test: a signal sent by its own handler waits for the handler to return, or with SA_NODEFER does not.
 * Sabotage: sigaction
 */
#include "handle.h"

enum { DEPTH = 5 };

static volatile sig_atomic_t calls;
static volatile sig_atomic_t depth;
static volatile sig_atomic_t deepest;

static void on_signal(int sig)
{
    if (++depth > deepest)
        deepest = depth;
    if (++calls < DEPTH)
        kill(getpid(), sig);
    depth--;
}

static void send_with(int flags)
{
    calls = depth = deepest = 0;
    handle(SIGUSR1, on_signal, flags);
    kill(getpid(), SIGUSR1);
}

int main(void)
{
    plan(5);
    send_with(0);
    check(calls == DEPTH, "without SA_NODEFER every signal is delivered");
    check(deepest == 1, "without SA_NODEFER one after the other");
    send_with(SA_NODEFER);
    check(calls == DEPTH, "with SA_NODEFER every signal is delivered");
    check(deepest == DEPTH, "with SA_NODEFER one inside the other");
    check(depth == 0 && !is_blocked(SIGUSR1), "all of them return");
    return done();
}
