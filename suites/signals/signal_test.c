/*
 * signal_test: a signal sent by kill() ends a child.
 * When the first subtest fails, kill() does not look processes up; when the second does, signals are recorded but not
 * acted upon when a sleeping process is woken; when only the last does, they are acted upon on the way out of system
 * calls but not on the way out of the timer interrupt.
 * Sabotage: kill
 */
#include <sys/mman.h>

#include "child.h"

static volatile int *give_up;

static int holds(void)
{
    signal(SIGTERM, SIG_DFL);
    tell('r');
    hold();
    return 7;
}

static int spins(void)
{
    signal(SIGTERM, SIG_DFL);
    tell('r');
    while (!*give_up)
        ;
    return 7;
}

static int ends_by(int sig)
{
    struct child child = start(holds);
    hear(&child);
    kill(child.pid, sig);
    return killed(finish(&child), sig);
}

static int ends_while_spinning(void)
{
    struct child child = start(spins);
    hear(&child);
    kill(child.pid, SIGTERM);
    int status = changes(child.pid, 0);
    if (status == -1) {
        *give_up = 1;
        reap(child.pid);
    }
    close_pipes(&child);
    return killed(status, SIGTERM);
}

static int survives_signal_0(void)
{
    struct child child = start(holds);
    hear(&child);
    int found = kill(child.pid, 0) == 0;
    return exited(finish(&child), 7) && found;
}

int main(void)
{
    give_up = mmap(NULL, sizeof *give_up, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (give_up == MAP_FAILED)
        return 1;
    plan(5);
    check(survives_signal_0(), "signal 0 finds a child and leaves it alone");
    int delivered = check(ends_by(SIGTERM), "SIGTERM ends a sleeping child");
    check(ends_by(SIGKILL), "SIGKILL ends a sleeping child");
    check(ends_by(SIGUSR1), "SIGUSR1 ends a child that does not handle it");
    check(delivered && ends_while_spinning(), "SIGTERM ends a child that makes no system call");
    return done();
}
