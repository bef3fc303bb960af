/*
 * session_test: setsid() makes a new session and a new process group, and only for who leads none yet.
 * Sabotage: setsid
 */
#include <fcntl.h>

#include "../signals/child.h"

static int leads_new_session(void)
{
    pid_t session = setsid();
    return session == getpid() && getsid(0) == getpid() && getpgrp() == getpid() ? 0 : 7;
}

static int refused_again(void)
{
    if (setsid() < 0)
        return 8;
    errno = 0;
    return setsid() == -1 && errno == EPERM ? 0 : 7;
}

static int refused_for_group_leader(void)
{
    if (setpgid(0, 0) < 0)
        return 8;
    errno = 0;
    return setsid() == -1 && errno == EPERM ? 0 : 7;
}

static pid_t leader;

static int is_in_leaders_session(void)
{
    return getsid(0) == leader && getpgrp() == leader && getsid(leader) == leader ? 0 : 7;
}

static int child_inherits_session(void)
{
    leader = setsid();
    if (leader != getpid())
        return 8;
    struct child child = start(is_in_leaders_session);
    return exited(finish(&child), 0) ? 0 : 7;
}

static int has_no_terminal(void)
{
    if (setsid() < 0)
        return 8;
    return open("/dev/tty", O_RDWR | O_NOCTTY) == -1 ? 0 : 7;
}

static pid_t parents_group;

/* A process group never spans two sessions. */
static int cannot_join_group_of_other_session(void)
{
    if (setsid() < 0)
        return 8;
    errno = 0;
    return setpgid(0, parents_group) == -1 && errno == EPERM ? 0 : 7;
}

static int exits_0(int (*body)(void))
{
    struct child child = start(body);
    return exited(finish(&child), 0);
}

int main(void)
{
    pid_t session = getsid(0);
    plan(7);
    parents_group = getpgrp();
    check(exits_0(leads_new_session), "setsid() makes its caller the leader of a session and a group");
    check(getsid(0) == session, "its parent stays in the old session");
    check(exits_0(refused_again), "a session leader is refused with EPERM");
    check(exits_0(refused_for_group_leader), "so is a process group leader");
    check(exits_0(child_inherits_session), "a child is in its parent's session and group");
    check(exits_0(has_no_terminal), "a new session has no controlling terminal");
    check(exits_0(cannot_join_group_of_other_session), "a group of another session cannot be joined");
    return done();
}
