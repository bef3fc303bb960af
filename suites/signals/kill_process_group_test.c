/*
 * kill_process_group_test: kill(0), kill(-group) and killpg() reach every member of a process group, and nobody else.
 * A child that ends by its own exit status was not found in its group; one killed from outside shows a group ignored.
 * Sabotage: kill
 */
#include "handle.h"

enum { MEMBERS = 3 };

static pid_t group;
static volatile sig_atomic_t calls;

static void on_signal(int sig)
{
    (void)sig;
    calls++;
}

static int joins_and_holds(void)
{
    handle(SIGTERM, SIG_DFL, 0);
    if (setpgid(0, group) < 0)
        return 8;
    tell('r');
    hold();
    return 7;
}

static int stays_outside(void)
{
    handle(SIGTERM, SIG_DFL, 0);
    tell('r');
    hold();
    return 7;
}

/* Starts a group of three beside a bystander, sends a signal by send(group), and tells whether only the group died. */
static int only_group_dies(int (*send)(pid_t))
{
    struct child members[MEMBERS];
    group = 0;
    struct child bystander = start(stays_outside);
    hear(&bystander);
    for (int i = 0; i < MEMBERS; i++) {
        members[i] = start(joins_and_holds);
        hear(&members[i]);
        group = members[0].pid;
    }
    int sent = send(group) == 0;
    int right = sent;
    for (int i = 0; i < MEMBERS; i++)
        right &= killed(finish(&members[i]), SIGTERM);
    return exited(finish(&bystander), 7) && right;
}

static int by_negative_pid(pid_t to)
{
    return kill(-to, SIGTERM);
}

static int by_killpg(pid_t to)
{
    return killpg(to, SIGTERM);
}

/* A leader, its one member, and kill(0) between them. Exits with 0 when both handlers ran. */
static int member_counts(void)
{
    tell('r');
    hold();
    return calls == 1 ? 0 : 7;
}

static int leads_and_signals(void)
{
    if (setpgid(0, 0) < 0)
        return 8;
    handle(SIGUSR1, on_signal, SA_RESTART);
    struct child member = start(member_counts);
    hear(&member);
    int sent = kill(0, SIGUSR1) == 0;
    int member_heard = exited(finish(&member), 0);
    return sent && member_heard && calls == 1 ? 0 : 9;
}

static int group_without_members(void)
{
    group = 0;
    struct child child = start(joins_and_holds);
    hear(&child);
    int present = kill(-child.pid, 0) == 0;
    finish(&child);
    errno = 0;
    return present && kill(-child.pid, 0) == -1 && errno == ESRCH;
}

/*
 * A broadcast goes to every process that the caller may signal. The caller is therefore a user who owns nothing but the
 * two processes started here.
 */
enum { SOMEBODY = 54321, NO_USERS = 10 };

static int broadcasts(void)
{
    if (setuid(SOMEBODY) < 0)
        return NO_USERS;
    group = 0;
    struct child first = start(joins_and_holds);
    struct child second = start(joins_and_holds);
    hear(&first);
    hear(&second);
    handle(SIGTERM, SIG_IGN, 0); /* Whether a broadcast includes its sender is up to the system. */
    int sent = kill(-1, SIGTERM) == 0;
    int first_died = killed(finish(&first), SIGTERM);
    int second_died = killed(finish(&second), SIGTERM);
    return sent && first_died && second_died ? 0 : 9;
}

static void check_broadcast(void)
{
    const char *name = "kill(-1) reaches every process of the same user";
    struct child bystander = start(stays_outside);
    struct child caller = start(broadcasts);
    hear(&bystander);
    int status = finish(&caller);
    int spared = exited(finish(&bystander), 7);
    if (WIFEXITED(status) && WEXITSTATUS(status) == NO_USERS)
        skip(name, "setuid() does not work here");
    else
        check(exited(status, 0) && spared, name);
}

int main(void)
{
    plan(5);
    check(only_group_dies(by_negative_pid), "kill(-group) ends every member and nobody else");
    check(only_group_dies(by_killpg), "killpg() ends every member and nobody else");
    struct child leader = start(leads_and_signals);
    check(exited(finish(&leader), 0), "kill(0) reaches the caller and its group");
    check(group_without_members(), "kill() of a group that is gone says ESRCH");
    check_broadcast();
    return done();
}
