/*
 * wnohang_timing_test: waitpid() with WNOHANG says "not yet" for as long as the child lives, and never waits itself.
 * Sabotage: fork
 */
#include "../signals/child.h"

enum { QUESTIONS = 100 };

static int holds(void)
{
    tell('r');
    hold();
    return 5;
}

static int exits_5(void)
{
    return 5;
}

int main(void)
{
    int status = 0x5a5a, not_yet = 1;
    plan(6);
    errno = 0;
    check(waitpid(-1, &status, WNOHANG) == -1 && errno == ECHILD, "without children it fails with ECHILD");

    struct child child = start(holds);
    hear(&child);
    for (int i = 0; i < QUESTIONS; i++)
        not_yet &= waitpid(child.pid, &status, WNOHANG) == 0;
    check(not_yet, "it returns 0 while the child lives");
    nap();
    check(waitpid(-1, &status, WNOHANG) == 0, "for any child as well");
    let_go(&child);
    check(exited(changes(child.pid, 0), 5), "it returns the child once it has ended");
    close_pipes(&child);
    errno = 0;
    check(waitpid(child.pid, &status, WNOHANG) == -1 && errno == ECHILD, "it returns a child only once");

    struct child living = start(holds);
    struct child dead = start(exits_5);
    hear(&living);
    hear(&dead);
    pid_t found = 0;
    for (int naps = 0; found == 0 && naps < PATIENCE; naps++) {
        found = waitpid(-1, &status, WNOHANG);
        nap();
    }
    check(found == dead.pid && exited(status, 5), "of two children it returns the one that has ended");
    close_pipes(&dead);
    finish(&living);
    return done();
}
