/*
 * kill_permission_test: kill() says why it does not send: EINVAL, ESRCH or EPERM.
 * Sabotage: kill
 */
#include "handle.h"

enum { SOMEBODY = 54321, SOMEBODY_ELSE = 54322, NO_USERS = 10 };

static pid_t parent;

static int holds(void)
{
    tell('r');
    hold();
    return 0;
}

static int signals_parent_as_somebody(void)
{
    if (setuid(SOMEBODY) < 0)
        return NO_USERS;
    return kill(parent, 0) == -1 && errno == EPERM && kill(parent, SIGTERM) == -1 && errno == EPERM ? 0 : 7;
}

static int holds_as_somebody(void)
{
    handle(SIGTERM, SIG_DFL, 0);
    if (setuid(SOMEBODY) < 0)
        return NO_USERS;
    tell('r');
    hold();
    return 7;
}

/* Two processes of one user, who is not root, may signal each other. */
static int signals_same_user(void)
{
    struct child child = start(holds_as_somebody);
    if (hear(&child) != 'r' || setuid(SOMEBODY) < 0) {
        finish(&child);
        return NO_USERS;
    }
    int sent = kill(child.pid, SIGTERM) == 0;
    return killed(finish(&child), SIGTERM) && sent ? 0 : 7;
}

/* Two users who are not root may not. */
static int signals_other_user(void)
{
    struct child child = start(holds_as_somebody);
    if (hear(&child) != 'r' || setuid(SOMEBODY_ELSE) < 0) {
        finish(&child);
        return NO_USERS;
    }
    int refused = kill(child.pid, SIGTERM) == -1 && errno == EPERM;
    return exited(finish(&child), 7) && refused ? 0 : 7;
}

static void check_as_user(int (*body)(void), const char *name)
{
    struct child child = start(body);
    int status = finish(&child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == NO_USERS)
        skip(name, "setuid() does not work here");
    else
        check(exited(status, 0), name);
}

int main(void)
{
    plan(7);
    parent = getpid();
    check(kill(parent, 0) == 0, "signal 0 finds the caller");
    check(kill(parent, -1) == -1 && errno == EINVAL, "signal -1 is refused with EINVAL");
    check(kill(parent, 1000) == -1 && errno == EINVAL, "signal 1000 is refused with EINVAL");

    struct child child = start(holds);
    hear(&child);
    int alive = kill(child.pid, 0) == 0;
    finish(&child);
    errno = 0;
    check(alive && kill(child.pid, SIGTERM) == -1 && errno == ESRCH, "a process that is gone is refused with ESRCH");
    check_as_user(signals_parent_as_somebody, "another user's process is refused with EPERM");
    check_as_user(signals_same_user, "a process of the same user is signalled");
    check_as_user(signals_other_user, "root is not needed to be refused with EPERM");
    return done();
}
