/*
 * enosys_test: a system call number that is none returns ENOSYS.
 * C libraries try new calls and fall back on ENOSYS; a kernel that kills the caller, panics, or indexes its table
 * without looking at the bounds fails here.
 * Sabotage: syscall
 */
#define _DEFAULT_SOURCE /* syscall() */
#include "check.h"

static int is_unknown(long number)
{
    errno = 0;
    return syscall(number, 1, 2, 3, 4, 5, 6) == -1 && errno == ENOSYS;
}

int main(void)
{
    plan(5);
    check(is_unknown(5000), "a number above all tables is ENOSYS");
    check(is_unknown(0x7fffffff), "the largest positive number is ENOSYS");
    check(is_unknown(-1), "a negative number is ENOSYS");
    check(is_unknown(-4096), "a number that looks like no errno is ENOSYS");
    int always = 1;
    for (long number = 5000; number < 6000; number++)
        always = always && is_unknown(number);
    check(always && getpid() > 0, "a thousand of them do no harm");
    return done();
}
