/*
 * signal_return_test: a program goes on after a handler exactly where it was.
 * The mask, the stack and a computation cut at any instruction must be as before. What usually breaks is the frame that
 * the kernel pushes for the handler: too small, unaligned, over the red zone, or not taken off again.
 * Sabotage: kill
 */
#include <stdint.h>

#include "handle.h"

enum { ROUNDS = 1000, SENT = 300 };

static volatile sig_atomic_t calls;
static volatile sig_atomic_t misaligned;
static volatile uintptr_t highest;
static volatile uintptr_t lowest = UINTPTR_MAX;
static pid_t target;

static void on_signal(int sig)
{
    _Alignas(16) volatile unsigned char here[16] = { 0 };
    uintptr_t place = (uintptr_t)here;
    (void)sig;
    calls++;
    misaligned |= place % 16 != 0;
    if (place > highest)
        highest = place;
    if (place < lowest)
        lowest = place;
}

/* Arithmetic whose result is known only if no step was disturbed. */
static uint64_t compute(void)
{
    uint64_t a = 88172645463325252u, b = 362436069u, c = 521288629u, d = 1;
    for (int i = 0; i < 20000; i++) {
        a ^= a << 13;
        a ^= a >> 7;
        b = b * 69069 + 1234567;
        c += a ^ b;
        d = (d << 9 | d >> 55) + c;
    }
    return a ^ b ^ c ^ d;
}

static int bombards(void)
{
    for (int i = 0; i < SENT; i++)
        kill(target, SIGUSR1);
    return 0;
}

/* Computes again and again for as long as the child sends signals. */
static int computes_under_fire(void)
{
    uint64_t expected = compute();
    int right = 1, status;
    struct child child = start(bombards);
    while (waitpid(child.pid, &status, WNOHANG) == 0)
        right &= compute() == expected;
    close_pipes(&child);
    return right && exited(status, 0) && calls > 0;
}

int main(void)
{
    volatile int local = 1234;
    int returned;
    plan(6);
    handle(SIGUSR1, on_signal, 0);
    returned = kill(getpid(), SIGUSR1);
    check(calls == 1 && returned == 0 && local == 1234, "a handler returns to its program");
    check(!is_blocked(SIGUSR1), "the mask is restored on return");
    for (int i = 0; i < ROUNDS; i++)
        returned |= kill(getpid(), SIGUSR1);
    check(calls == ROUNDS + 1 && returned == 0, "1000 handlers return");
    check(highest - lowest == 0, "each handler leaves the stack as it was");
    check(!misaligned, "a handler's stack is aligned");
    calls = 0;
    target = getpid();
    check(computes_under_fire(), "a computation survives signals from another process");
    return done();
}
