/*
 * process_ids_test: every process has an id of its own and knows its parent, its group and its session.
 * Sabotage: fork
 */
#include "check.h"
#include "child.h"

static int answer_of(int (*question)(pid_t), pid_t argument)
{
    pid_t child = fork();
    if (child == 0)
        _exit(question(argument) ? KEPT_WORD : 1);
    return fate(child);
}

static int is_own_process(pid_t parent)
{
    return getpid() != parent && getppid() == parent;
}

static int shares_group_and_session(pid_t parent)
{
    return getpgrp() == getpgid(parent) && getsid(0) == getsid(parent);
}

static int leads_new_group(pid_t parent)
{
    return setpgid(0, 0) == 0 && getpgrp() == getpid() && getpgrp() != getpgid(parent) && getsid(0) == getsid(parent);
}

static int leads_new_session(pid_t parent)
{
    return setsid() == getpid() && getsid(0) == getpid() && getpgrp() == getpid() && getsid(parent) != getpid()
        && setsid() == -1 && errno == EPERM;
}

int main(void)
{
    pid_t self = getpid();
    plan(8);
    check(self > 0 && getpid() == self && getppid() != self, "a process has an id, and another than its parent");

    pid_t child = fork();
    if (child == 0)
        _exit(KEPT_WORD);
    check(child > 0 && child != self && fate(child) == KEPT_WORD, "fork tells the parent another id");
    check(answer_of(is_own_process, self) == KEPT_WORD, "the child has its own id and knows its parent");
    check(answer_of(shares_group_and_session, self) == KEPT_WORD, "it is in the parent's group and session");
    check(answer_of(leads_new_group, self) == KEPT_WORD, "it can lead a group of its own");
    check(answer_of(leads_new_session, self) == KEPT_WORD, "it can lead a session of its own, once");
    check(getpid() == self, "the parent's id has not changed");
    check(getpgid(0x7ffffffe) == -1 && errno == ESRCH && getsid(0x7ffffffe) == -1 && errno == ESRCH,
          "a process that is none is ESRCH");
    return done();
}
