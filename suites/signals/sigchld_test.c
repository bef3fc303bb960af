/*
 * sigchld_test: the end of a child sends SIGCHLD to its parent, with who, how and why.
 * Sabotage: waitpid
 */
#include "handle.h"

static volatile sig_atomic_t calls;
static siginfo_t info;

static void on_child(int sig, siginfo_t *about, void *context)
{
    (void)sig;
    (void)context;
    info = *about;
    calls++;
}

static int exits_5(void)
{
    return 5;
}

static int holds(void)
{
    handle(SIGTERM, SIG_DFL, 0);
    hold();
    return 7;
}

static int told(pid_t pid, int code, int status)
{
    if (info.si_pid != pid || info.si_code != code || info.si_status != status)
        say("# si_pid %d for %d, si_code %d, si_status %d", (int)info.si_pid, (int)pid, info.si_code, info.si_status);
    return info.si_signo == SIGCHLD && info.si_pid == pid && info.si_code == code && info.si_status == status;
}

/* With SIGCHLD ignored, or SA_NOCLDWAIT, there is nothing to wait for: waitpid() fails once the child is gone. */
static int leaves_no_zombie(void)
{
    struct child child = start(exits_5);
    errno = 0;
    int status = finish(&child);
    return status == -1 && errno == ECHILD;
}

int main(void)
{
    plan(7);
    handle_info(SIGCHLD, on_child, 0);
    struct child child = start(exits_5);
    /* Asked first, because a kernel may take a pending SIGCHLD back when the child is reaped. */
    arrives(&calls, 1);
    check(calls == 1, "a child's exit sends SIGCHLD");
    check(told(child.pid, CLD_EXITED, 5), "SIGCHLD tells CLD_EXITED, the child and its exit status");
    check(exited(finish(&child), 5), "the child can still be waited for");

    calls = 0;
    child = start(holds);
    kill(child.pid, SIGTERM);
    arrives(&calls, 1);
    check(told(child.pid, CLD_KILLED, SIGTERM), "SIGCHLD tells CLD_KILLED and the signal");
    finish(&child);

    handle(SIGCHLD, SIG_DFL, 0);
    child = start(exits_5);
    check(exited(finish(&child), 5), "without a handler a child is waited for all the same");

    handle(SIGCHLD, SIG_IGN, 0);
    check(leaves_no_zombie(), "ignoring SIGCHLD leaves no zombies");
    handle_info(SIGCHLD, on_child, SA_NOCLDWAIT);
    check(leaves_no_zombie(), "SA_NOCLDWAIT leaves no zombies");
    return done();
}
