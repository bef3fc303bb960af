/*
 * What became of a child, as one number: its exit status, or minus the number of the signal that killed it.
 * KEPT_WORD is the answer "all is as it should be": not 0, which a child that went astray may also leave behind.
 */
#ifndef TWINBOOT_CHILD_H
#define TWINBOOT_CHILD_H

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

enum { KEPT_WORD = 42, NO_CHILD = 1000 };

/* Waits for a child. NO_CHILD when there is none to wait for. */
__attribute__((unused)) static int fate(pid_t child)
{
    int status;
    if (child < 0)
        return NO_CHILD;
    while (waitpid(child, &status, 0) != child)
        if (errno != EINTR)
            return NO_CHILD;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

#endif
