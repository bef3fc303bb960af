/*
 * orphan_test: a process whose parent ends goes on, has a new parent, and is reaped by it.
 * Sabotage: getppid
 */
#include "../signals/child.h"

static int report[2];
static pid_t parent;

static int outlives_its_parent(void)
{
    tell('r');
    /* The end of this pipe is the end of the parent, up to the kernel's order of closing and reparenting. */
    hold();
    for (int naps = 0; getppid() == parent && naps < PATIENCE; naps++)
        nap();
    pid_t adopter = getppid();
    write(report[1], &adopter, sizeof adopter);
    return 0;
}

static int leaves_an_orphan(void)
{
    parent = getpid();
    pid_t grandparent = getppid();
    struct child orphan = start(outlives_its_parent);
    hear(&orphan);
    write(report[1], &orphan.pid, sizeof orphan.pid);
    return grandparent > 0 ? 3 : 7;
}

static pid_t read_pid(void)
{
    pid_t pid = -1;
    return read(report[0], &pid, sizeof pid) == sizeof pid ? pid : -1;
}

/* Reaped by its new parent, its id is free: nobody answers to it. */
static int disappears(pid_t pid)
{
    for (int naps = 0; naps < PATIENCE; naps++) {
        if (kill(pid, 0) == -1 && errno == ESRCH)
            return 1;
        nap();
    }
    return 0;
}

int main(void)
{
    int status;
    plan(6);
    if (pipe(report) < 0)
        return 1;
    struct child child = start(leaves_an_orphan);
    check(exited(reap(child.pid), 3), "a process can end before its child");
    close(report[1]);
    pid_t orphan = read_pid();
    pid_t adopter = read_pid();
    check(orphan > 0 && adopter > 0, "the orphan goes on");
    check(adopter > 0 && adopter != child.pid, "it has a new parent");
    check(adopter > 0 && (kill(adopter, 0) == 0 || errno == EPERM), "the new parent exists");
    errno = 0;
    check(waitpid(orphan, &status, 0) == -1 && errno == ECHILD, "its grandparent cannot wait for it");
    check(orphan > 0 && disappears(orphan), "it leaves no zombie when it ends");
    close_pipes(&child);
    return done();
}
