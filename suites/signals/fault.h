/*
 * Instructions that fault: runs one, catches the signal it raises, and keeps what the kernel said about it.
 */
#ifndef TWINBOOT_FAULT_H
#define TWINBOOT_FAULT_H

#include <setjmp.h>
#include <signal.h>

#include "handle.h"

static siginfo_t fault;
static sigjmp_buf fault_escape;

static void on_fault(int sig, siginfo_t *info, void *context)
{
    (void)sig;
    (void)context;
    fault = *info;
    siglongjmp(fault_escape, 1);
}

/* Whether body raises the signal. A different signal ends the program. */
static inline int raises(int sig, void (*body)(void))
{
    memset(&fault, 0, sizeof fault);
    handle_info(sig, on_fault, 0);
    if (sigsetjmp(fault_escape, 1) == 0) {
        body();
        handle(sig, SIG_DFL, 0);
        return 0;
    }
    handle(sig, SIG_DFL, 0);
    return fault.si_signo == sig;
}

#endif
