/*
 * nested_signal_test: a signal during another's handler interrupts it, unless sa_mask says to wait.
 * Sabotage: sigaction
 */
#include "handle.h"

static char trail[16];
static volatile sig_atomic_t steps;

static void step(char what)
{
    if (steps < (int)sizeof trail - 1)
        trail[steps] = what;
    steps++;
}

static void inner(int sig)
{
    (void)sig;
    step('C');
    step('c');
}

static void middle(int sig)
{
    (void)sig;
    step('B');
    kill(getpid(), SIGTERM);
    step('b');
}

static void outer(int sig)
{
    (void)sig;
    step('A');
    kill(getpid(), SIGUSR2);
    step('a');
}

static int trail_is(const char *expected)
{
    if (strcmp(trail, expected) != 0)
        say("# went %s instead of %s", trail, expected);
    return strcmp(trail, expected) == 0;
}

static void start_over(void)
{
    memset(trail, 0, sizeof trail);
    steps = 0;
}

int main(void)
{
    struct sigaction patient = { .sa_handler = outer };
    plan(5);
    handle(SIGUSR1, outer, 0);
    handle(SIGUSR2, inner, 0);
    kill(getpid(), SIGUSR1);
    check(trail_is("ACca"), "a second signal interrupts the first one's handler");

    start_over();
    handle(SIGUSR2, middle, 0);
    handle(SIGTERM, inner, 0);
    kill(getpid(), SIGUSR1);
    check(trail_is("ABCcba"), "three handlers nest and return in turn");
    check(!is_blocked(SIGUSR1) && !is_blocked(SIGUSR2) && !is_blocked(SIGTERM), "nothing is blocked afterwards");

    start_over();
    patient.sa_mask = only(SIGUSR2);
    sigaction(SIGUSR1, &patient, NULL);
    handle(SIGUSR2, inner, 0);
    kill(getpid(), SIGUSR1);
    check(trail_is("AaCc"), "a signal in sa_mask waits for the handler to return");

    start_over();
    sigaddset(&patient.sa_mask, SIGTERM);
    sigaction(SIGUSR1, &patient, NULL);
    handle(SIGUSR2, middle, 0);
    kill(getpid(), SIGUSR1);
    check(trail_is("AaBCcb"), "the waiting signal's handler can be interrupted in turn");
    return done();
}
