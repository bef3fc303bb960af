/*
 * brk_test: the system call brk moves the end of the heap; new memory is zero, given-back memory is gone.
 *
 * brk is no longer in POSIX, and the C library's sbrk() may do nothing, but allocators still start from the system
 * call. It returns the break as it is afterwards, also when it could not be moved: the C function's 0 and -1 are
 * made up in the library. SYS_brk is 12 on x86-64 and 214 on arm64.
 * Sabotage: syscall
 */
#define _DEFAULT_SOURCE /* syscall() */
#include <sys/syscall.h>

#include "check.h"
#include "child.h"

enum { PAGE = 65536 }; /* The largest page size in use: a multiple of every other. */

static char *set_break(char *address)
{
    return (char *)syscall(SYS_brk, address);
}

static int is_zero(const char *from, size_t length)
{
    for (size_t index = 0; index < length; index++)
        if (from[index])
            return 0;
    return 1;
}

/* What becomes of a child that writes there. */
static int fate_of_write(char *address)
{
    pid_t child = fork();
    if (child == 0) {
        *(volatile char *)address = 1;
        _exit(KEPT_WORD);
    }
    return fate(child);
}

int main(void)
{
    plan(8);
    char *start = set_break(NULL);
    if (!check(start != NULL && start != (char *)-1 && set_break(NULL) == start, "brk(0) tells the break"))
        return done();
    if (!check(set_break(start + 4 * PAGE) == start + 4 * PAGE && set_break(NULL) == start + 4 * PAGE,
               "the break moves up"))
        return done();
    check(is_zero(start, 4 * PAGE), "new memory is zero");
    memset(start, 0x5a, 4 * PAGE);
    check(start[0] == 0x5a && start[4 * PAGE - 1] == 0x5a && fate_of_write(start) == KEPT_WORD,
          "new memory can be written");

    check(set_break(start + PAGE) == start + PAGE && fate_of_write(start + 3 * PAGE) == -SIGSEGV,
          "the break moves down and the memory above is gone");
    check(set_break(start + 4 * PAGE) == start + 4 * PAGE && is_zero(start + 2 * PAGE, 2 * PAGE) && start[0] == 0x5a,
          "memory that comes back is zero again, what stayed is kept");

    /* More than any address space has below the kernel. */
    char *beyond = (char *)((unsigned long)start + (1ul << 60));
    check(set_break(beyond) == start + 4 * PAGE, "a break out of all bounds is refused and stays");

    pid_t child = fork();
    if (child == 0)
        _exit(set_break(start + 8 * PAGE) == start + 8 * PAGE ? KEPT_WORD : 1);
    check(fate(child) == KEPT_WORD && set_break(NULL) == start + 4 * PAGE && set_break(start) == start,
          "a child's break is its own");
    return done();
}
