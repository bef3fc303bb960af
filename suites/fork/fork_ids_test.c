/*
 * fork_ids_test: what a child's ids are: its own process id, its parent's users and groups, and a clean slate of times.
 * Sabotage: getppid
 */
#include <sys/times.h>

#include "../signals/child.h"

static pid_t parent;
static uid_t user, effective_user;
static gid_t group, effective_group;

static int has_own_pid(void)
{
    return getpid() != parent && getpid() > 0 ? 0 : 7;
}

static int knows_its_parent(void)
{
    return getppid() == parent ? 0 : 7;
}

static int has_parents_users(void)
{
    return getuid() == user && geteuid() == effective_user && getgid() == group && getegid() == effective_group ? 0 : 7;
}

static int has_no_childrens_times(void)
{
    struct tms times_now;
    return times(&times_now) != (clock_t)-1 && times_now.tms_cutime == 0 && times_now.tms_cstime == 0 ? 0 : 7;
}

/* Becoming somebody else stays in the child. */
static int becomes_somebody(void)
{
    enum { SOMEBODY = 54321 };
    return setgid(SOMEBODY) == 0 && setuid(SOMEBODY) == 0 && getuid() == SOMEBODY && getegid() == SOMEBODY ? 0 : 7;
}

static int exits_0(int (*body)(void))
{
    struct child child = start(body);
    return exited(finish(&child), 0);
}

int main(void)
{
    plan(6);
    parent = getpid();
    user = getuid();
    effective_user = geteuid();
    group = getgid();
    effective_group = getegid();
    check(exits_0(has_own_pid), "a child has a process id of its own");
    check(exits_0(knows_its_parent), "its parent's is the one that forked it");
    check(exits_0(has_parents_users), "it has its parent's users and groups");
    check(exits_0(has_no_childrens_times), "it has no children's times");
    if (effective_user == 0)
        check(exits_0(becomes_somebody), "a child of root becomes another user");
    else
        skip("a child of root becomes another user", "not root");
    check(getpid() == parent && getuid() == user && geteuid() == effective_user, "its parent stays who it is");
    return done();
}
