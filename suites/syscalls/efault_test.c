/*
 * efault_test: a system call that is given a bad address fails with EFAULT, and the kernel lives.
 * POSIX leaves the result open, but a kernel may neither fault on behalf of a program nor let it read or write kernel
 * memory, and all serious ones return EFAULT. This is the test most likely to end in a panic.
 * Sabotage: mmap
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS, which POSIX has only since 2024. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <time.h>

#include "check.h"

/* A page without access right above one with. */
static char *last_good_page, *forbidden_page;
static size_t page;

static int faults(long result)
{
    return result == -1 && errno == EFAULT;
}

/* Whether reads and writes at an address fail on a file and on a pipe. */
static int transfers_fault(char *address, int file, const int ends[2])
{
    return faults(pread(file, address, 16, 0)) && faults(pwrite(file, address, 16, 0))
        && faults(write(ends[1], address, 16)) && write(ends[1], "0123456789abcdef", 16) == 16
        && faults(read(ends[0], address, 16));
}

int main(void)
{
    char rest[64];
    int ends[2] = {-1, -1};
    plan(8);
    page = (size_t)sysconf(_SC_PAGESIZE);
    last_good_page = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    forbidden_page = last_good_page + page;
    int file = open("efault_file", O_RDWR | O_CREAT | O_TRUNC, 0600);
    int ready = last_good_page != MAP_FAILED && last_good_page != NULL && mprotect(forbidden_page, page, PROT_NONE) == 0
        && write(file, "sixteen bytes of", 16) == 16 && pipe(ends) == 0;
    if (!check(ready, "a page without access is made"))
        return done();

    check(transfers_fault(forbidden_page, file, ends), "a page without access is EFAULT");
    check(transfers_fault((char *)16, file, ends), "the page at zero is EFAULT");
    /* The direct map, or whatever the kernel has in its half of the address space; then its very end. */
    check(transfers_fault((char *)0xffff888000100000, file, ends)
              && transfers_fault((char *)0xfffffffffffff000, file, ends),
          "addresses of the kernel are EFAULT");
    check(transfers_fault((char *)0x0100000000000000, file, ends), "an address that no page table can hold is EFAULT");

    /* Structures that a C library hands to the kernel as they are; others it would touch itself, and die. */
    check(faults(open(forbidden_page, O_RDONLY)) && faults(uname((struct utsname *)forbidden_page))
              && faults(pipe((int *)forbidden_page)) && faults(nanosleep((struct timespec *)forbidden_page, NULL)),
          "so are paths and structures");

    memset(forbidden_page - 8, 'a', 8);
    check(faults(open(forbidden_page - 8, O_RDONLY)) && faults(uname((struct utsname *)(forbidden_page - 8))),
          "so is what begins well and ends badly");
    check(pread(file, rest, sizeof rest, 0) == 16 && memcmp(rest, "sixteen bytes of", 16) == 0,
          "the file was not changed");
    close(file);
    close(ends[0]);
    close(ends[1]);
    munmap(last_good_page, 2 * page);
    unlink("efault_file");
    return done();
}
