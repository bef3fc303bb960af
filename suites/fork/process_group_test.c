/*
 * process_group_test: process groups are inherited, made and joined, by the process itself or by its parent.
 * Sabotage: setpgid
 */
#include "../signals/child.h"

static pid_t parents_group;
static pid_t group;

static int is_in_parents_group(void)
{
    return getpgrp() == parents_group && getpgid(0) == parents_group ? 0 : 7;
}

static int leads_a_group(void)
{
    return setpgid(0, 0) == 0 && getpgrp() == getpid() && getpgid(0) == getpid() ? 0 : 7;
}

static int joins(void)
{
    if (setpgid(0, group) < 0)
        return 8;
    tell('r');
    hold();
    return getpgrp() == (group == 0 ? getpid() : group) ? 0 : 7;
}

static int is_moved_by_parent(void)
{
    tell('r');
    hold();
    return getpgrp() == getpid() ? 0 : 7;
}

/* The leader ends first; the group lasts as long as it has members, and its id is not given to anyone. */
static int group_outlasts_leader(void)
{
    group = 0;
    struct child first = start(joins);
    hear(&first);
    group = first.pid;
    struct child second = start(joins);
    hear(&second);
    int joined = getpgid(second.pid) == first.pid;
    int leader_ended = exited(finish(&first), 0);
    int lasts = getpgid(second.pid) == first.pid && kill(-first.pid, 0) == 0;
    return exited(finish(&second), 0) && joined && leader_ended && lasts;
}

static int parent_moves_child(void)
{
    struct child child = start(is_moved_by_parent);
    hear(&child);
    int moved = setpgid(child.pid, child.pid) == 0 && getpgid(child.pid) == child.pid;
    return exited(finish(&child), 0) && moved;
}

static int refused_with(int error, pid_t pid, pid_t to)
{
    errno = 0;
    return setpgid(pid, to) == -1 && errno == error;
}

static int exits(void)
{
    return 0;
}

/* An id that was a process and is one no more. */
static pid_t former_pid(void)
{
    struct child child = start(exits);
    finish(&child);
    return child.pid;
}

static int exits_0(int (*body)(void))
{
    struct child child = start(body);
    return exited(finish(&child), 0);
}

int main(void)
{
    plan(8);
    parents_group = getpgrp();
    check(exits_0(is_in_parents_group), "a child is in its parent's group");
    check(exits_0(leads_a_group), "setpgid(0, 0) makes a group of one");
    check(getpgrp() == parents_group, "its parent stays where it was");
    check(parent_moves_child(), "a parent moves its child to a group");
    check(group_outlasts_leader(), "a group is joined, and outlasts its leader");
    check(refused_with(ESRCH, former_pid(), 0), "setpgid() of a process that is gone fails with ESRCH");
    check(refused_with(EINVAL, 0, -5), "a negative group fails with EINVAL");
    errno = 0;
    check(getpgid(former_pid()) == -1 && errno == ESRCH, "getpgid() of a process that is gone fails with ESRCH");
    return done();
}
