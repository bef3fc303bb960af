/*
 * sigfpe_test: an integer division by zero raises SIGFPE where the processor traps it.
 * On AArch64 it does not: the quotient is 0, and a kernel has nothing to do.
 * Sabotage: sigaction
 */
#include "fault.h"

static volatile int quotient = -1;

#if defined(__x86_64__)

#define TRAPS 1
static void divides(void)
{
    int low = 1, high = 0;
    __asm__ volatile("idivl %2" : "+a"(low), "+d"(high) : "r"(0) : "cc");
    quotient = low;
}

#elif defined(__aarch64__)

#define TRAPS 0
static void divides(void)
{
    long result;
    __asm__ volatile("sdiv %0, %1, %2" : "=r"(result) : "r"(1L), "r"(0L));
    quotient = (int)result;
}

#else
#error "sigfpe_test knows x86-64 and AArch64"
#endif

static void sends_itself(void)
{
    kill(getpid(), SIGFPE);
}

static int divides_by_default(void)
{
    handle(SIGFPE, SIG_DFL, 0);
    divides();
    return quotient == 0 ? 0 : 7;
}

int main(void)
{
    plan(3);
    check(raises(SIGFPE, sends_itself) && fault.si_code == SI_USER, "SIGFPE sent by kill() is handled");
    struct child child = start(divides_by_default);
    int status = finish(&child);
    if (TRAPS) {
        check(raises(SIGFPE, divides) && fault.si_code == FPE_INTDIV, "dividing by zero is FPE_INTDIV");
        check(killed(status, SIGFPE), "by default it ends the process with SIGFPE");
    } else {
        check(!raises(SIGFPE, divides), "dividing by zero raises nothing");
        check(exited(status, 0), "its quotient is 0");
    }
    return done();
}
