/*
 * siglongjmp_test: a handler may leave by siglongjmp() instead of returning, as often as it likes.
 * A kernel that expects every handler to return runs out of something here.
 * Sabotage: sigaction
 */
#include <setjmp.h>
#include <stdint.h>

#include "handle.h"

enum { ROUNDS = 1000 };

static sigjmp_buf escape;
static volatile sig_atomic_t calls;
static volatile uintptr_t handler_stack;
static unsigned char alternate[64 * 1024];

static void leave(int sig)
{
    volatile unsigned char here = 0;
    (void)sig;
    handler_stack = (uintptr_t)&here;
    calls++;
    siglongjmp(escape, 1);
}

/* Whether the handler came back by its jump. */
static int jumps(int save_mask)
{
    if (sigsetjmp(escape, save_mask) == 0) {
        kill(getpid(), SIGUSR1);
        return 0;
    }
    return 1;
}

int main(void)
{
    plan(6);
    handle(SIGUSR1, leave, 0);
    check(jumps(1) && calls == 1, "a handler leaves by siglongjmp()");
    check(!is_blocked(SIGUSR1), "the saved mask is put back");
    int jumped = jumps(0);
    check(jumped && is_blocked(SIGUSR1), "without a saved mask the signal stays blocked");
    unblock(SIGUSR1);

    calls = 0;
    for (int i = 0; i < ROUNDS; i++)
        jumps(1);
    check(calls == ROUNDS, "1000 handlers leave that way");

    stack_t stack = { .ss_sp = alternate, .ss_size = sizeof alternate }, now = { 0 };
    sigaltstack(&stack, NULL);
    handle(SIGUSR1, leave, SA_ONSTACK);
    calls = 0;
    int on_alternate = 1;
    for (int i = 0; i < ROUNDS; i++) {
        jumps(1);
        on_alternate &= handler_stack >= (uintptr_t)alternate && handler_stack < (uintptr_t)alternate + sizeof alternate;
    }
    check(calls == ROUNDS && on_alternate, "1000 handlers leave the alternate stack, each from its top");
    sigaltstack(NULL, &now);
    check(now.ss_flags == 0, "the alternate stack is free again");
    return done();
}
