/*
 * abort_test: abort() ends the process with SIGABRT, whatever the program thinks of that signal.
 * Sabotage: abort
 */
#include <stdlib.h>

#include "handle.h"

static void on_abort(int sig)
{
    (void)sig;
    tell('h');
}

static int aborts(void)
{
    abort();
}

static int aborts_ignoring(void)
{
    handle(SIGABRT, SIG_IGN, 0);
    abort();
}

static int aborts_blocking(void)
{
    block(SIGABRT);
    abort();
}

static int aborts_handling(void)
{
    handle(SIGABRT, on_abort, 0);
    abort();
}

static int ends(int (*body)(void))
{
    struct child child = start(body);
    return killed(finish(&child), SIGABRT);
}

int main(void)
{
    plan(5);
    check(ends(aborts), "abort() ends the process with SIGABRT");
    check(ends(aborts_ignoring), "also when SIGABRT is ignored");
    check(ends(aborts_blocking), "also when SIGABRT is blocked");
    struct child child = start(aborts_handling);
    check(hear(&child) == 'h', "a handler for SIGABRT runs");
    check(killed(finish(&child), SIGABRT), "when it returns the process ends nevertheless");
    return done();
}
