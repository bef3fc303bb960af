/*
 * sigaltstack_test: a handler with SA_ONSTACK runs on the alternate stack, also when the program's own has overflowed.
 * When the overflow ends the child by SIGSEGV, the kernel pushed the frame on the stack that had just run out.
 * Sabotage: sigaltstack
 */
#include <stdint.h>
#include <sys/resource.h>

#include "handle.h"

static _Alignas(16) unsigned char alternate[64 * 1024];
static volatile uintptr_t handler_stack;
static volatile sig_atomic_t flags_inside;
static volatile sig_atomic_t change_refused;

static stack_t alternate_stack(void)
{
    return (stack_t){ .ss_sp = alternate, .ss_size = sizeof alternate };
}

static void on_signal(int sig)
{
    volatile unsigned char here = 0;
    stack_t now = { 0 }, other = alternate_stack();
    (void)sig;
    handler_stack = (uintptr_t)&here;
    sigaltstack(NULL, &now);
    flags_inside = now.ss_flags;
    change_refused = sigaltstack(&other, NULL) == -1 && errno == EPERM;
}

static int on_alternate_stack(uintptr_t address)
{
    return address >= (uintptr_t)alternate && address < (uintptr_t)alternate + sizeof alternate;
}

static void on_overflow(int sig)
{
    volatile unsigned char here = 0;
    (void)sig;
    _exit(on_alternate_stack((uintptr_t)&here) ? 3 : 4);
}

static int recurse(volatile int *depth)
{
    volatile unsigned char frame[1024];
    frame[0] = (unsigned char)*depth;
    ++*depth;
    return *depth > 0 ? recurse(depth) + frame[0] : 0;
}

static int overflows(void)
{
    volatile int depth = 0;
    struct rlimit small = { .rlim_cur = 512 * 1024, .rlim_max = RLIM_INFINITY };
    setrlimit(RLIMIT_STACK, &small); /* Only saves time. */
    handle(SIGSEGV, on_overflow, SA_ONSTACK);
    return recurse(&depth) == 0 ? 5 : 6;
}

static int keeps_alternate_stack(void)
{
    kill(getpid(), SIGUSR1);
    return on_alternate_stack(handler_stack) ? 0 : 5;
}

int main(void)
{
    stack_t stack = alternate_stack(), was = { 0 };
    plan(10);
    check(sigaltstack(NULL, &was) == 0 && was.ss_flags == SS_DISABLE, "a program starts without an alternate stack");
    check(sigaltstack(&stack, NULL) == 0, "sigaltstack() sets one");
    sigaltstack(NULL, &was);
    check(was.ss_sp == alternate && was.ss_size == sizeof alternate && was.ss_flags == 0, "sigaltstack() tells which");

    handle(SIGUSR1, on_signal, 0);
    kill(getpid(), SIGUSR1);
    check(handler_stack != 0 && !on_alternate_stack(handler_stack), "a handler without SA_ONSTACK stays off it");
    handler_stack = 0;
    handle(SIGUSR1, on_signal, SA_ONSTACK);
    kill(getpid(), SIGUSR1);
    check(on_alternate_stack(handler_stack), "a handler with SA_ONSTACK runs on it");
    check(flags_inside == SS_ONSTACK && change_refused, "it cannot be changed while in use");

    struct child child = start(keeps_alternate_stack);
    check(exited(finish(&child), 0), "a forked child keeps it");
    child = start(overflows);
    check(exited(finish(&child), 3), "a stack overflow is handled on it");

    stack_t tiny = { .ss_sp = alternate, .ss_size = 1 };
    errno = 0;
    check(sigaltstack(&tiny, NULL) == -1 && errno == ENOMEM, "a stack of one byte is refused with ENOMEM");
    stack_t none = { .ss_flags = SS_DISABLE };
    handler_stack = 0;
    int disabled = sigaltstack(&none, NULL) == 0;
    kill(getpid(), SIGUSR1);
    check(disabled && handler_stack != 0 && !on_alternate_stack(handler_stack), "SS_DISABLE takes it away");
    return done();
}
