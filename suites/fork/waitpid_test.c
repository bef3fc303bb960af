/*
 * waitpid_test: which children waitpid() waits for, and what it says when there are none.
 * Sabotage: waitpid
 */
#include "../signals/child.h"

static int group;

static int exits_5(void)
{
    return 5;
}

static int holds(void)
{
    hold();
    return 6;
}

static int exits_in_group(void)
{
    setpgid(0, group);
    tell('r');
    hold();
    return 8;
}

static int waits_for_particular_child(void)
{
    int status;
    struct child first = start(exits_5);
    struct child second = start(holds);
    let_go(&second);
    int right = waitpid(second.pid, &status, 0) == second.pid && exited(status, 6);
    right &= waitpid(first.pid, &status, 0) == first.pid && exited(status, 5);
    close_pipes(&first);
    close_pipes(&second);
    return right;
}

static int waits_for_any_child(void)
{
    int status;
    struct child slow = start(holds);
    struct child quick = start(exits_5);
    int right = waitpid(-1, &status, 0) == quick.pid && exited(status, 5);
    let_go(&slow);
    right &= wait(&status) == slow.pid && exited(status, 6);
    close_pipes(&slow);
    close_pipes(&quick);
    return right;
}

static int waits_for_group(void)
{
    int status;
    group = 0;
    struct child other = start(exits_5);
    struct child first = start(exits_in_group);
    hear(&first);
    group = first.pid;
    struct child second = start(exits_in_group);
    hear(&second);
    let_go(&first);
    let_go(&second);
    pid_t one = waitpid(-group, &status, 0);
    pid_t two = waitpid(-group, &status, 0);
    int both = (one == first.pid && two == second.pid) || (one == second.pid && two == first.pid);
    errno = 0;
    int no_more = waitpid(-group, &status, 0) == -1 && errno == ECHILD;
    int own_group = waitpid(0, &status, 0) == other.pid && exited(status, 5);
    close_pipes(&other);
    close_pipes(&first);
    close_pipes(&second);
    return both && no_more && own_group;
}

static int waitid_leaves_child(void)
{
    siginfo_t info;
    memset(&info, 0, sizeof info);
    struct child child = start(exits_5);
    int told = waitid(P_PID, child.pid, &info, WEXITED | WNOWAIT) == 0 && info.si_pid == child.pid
            && info.si_code == CLD_EXITED && info.si_status == 5;
    return exited(finish(&child), 5) && told;
}

static int fails_with(int error, pid_t pid, int options)
{
    int status;
    errno = 0;
    return waitpid(pid, &status, options) == -1 && errno == error;
}

static int waits_for_stranger(void)
{
    return fails_with(ECHILD, getppid(), 0) ? 0 : 7;
}

int main(void)
{
    plan(8);
    check(fails_with(ECHILD, -1, 0), "without children it fails with ECHILD");
    check(waits_for_particular_child(), "a process id waits for that child alone");
    check(waits_for_any_child(), "-1 waits for whichever ends first");
    check(waits_for_group(), "a negative id waits for that process group, 0 for the caller's");
    check(waitid_leaves_child(), "waitid() with WNOWAIT leaves the child to be waited for");
    struct child child = start(exits_5);
    check(waitpid(child.pid, NULL, 0) == child.pid, "nobody has to ask for the status");
    close_pipes(&child);
    child = start(waits_for_stranger);
    check(exited(finish(&child), 0), "a process that is not a child fails with ECHILD");
    check(fails_with(EINVAL, -1, 0x40000), "unknown options fail with EINVAL");
    return done();
}
