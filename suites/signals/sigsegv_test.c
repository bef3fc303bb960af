/*
 * sigsegv_test: a bad memory access raises SIGSEGV with the address and the reason, and can be repaired.
 * A kernel that panics here treats a fault in user mode as its own; one that repeats the fault for ever returns without
 * having delivered the signal.
 * Sabotage: sigaction
 */
#include <stdint.h>
#include <sys/mman.h>

#include "fault.h"

enum { OFFSET = 123 };

static volatile unsigned char *page;
static size_t page_size;

#if defined(__x86_64__)
static const uintptr_t kernel_address = 0xffffffff80000000u;
#elif defined(__aarch64__)
static const uintptr_t kernel_address = 0xffff000008000000u;
#else
#error "sigsegv_test knows x86-64 and AArch64"
#endif

static void reads_page(void)
{
    (void)page[OFFSET];
}

static void writes_page(void)
{
    page[OFFSET] = 1;
}

static void reads_null(void)
{
    (void)*(volatile unsigned char *)(uintptr_t)8;
}

static void reads_kernel(void)
{
    (void)*(volatile unsigned char *)kernel_address;
}

static int faulted_at(const volatile void *address, int code)
{
    if (fault.si_addr != address || fault.si_code != code)
        say("# si_addr %p, should be %p; si_code %d, should be %d", fault.si_addr, (void *)address, fault.si_code, code);
    return fault.si_addr == address && fault.si_code == code;
}

static int faults_by_default(void)
{
    handle(SIGSEGV, SIG_DFL, 0);
    reads_null();
    return 7;
}

static volatile sig_atomic_t repairs;

static void repair(int sig)
{
    (void)sig;
    repairs++;
    mprotect((void *)page, page_size, PROT_READ | PROT_WRITE);
}

int main(void)
{
    plan(8);
    page_size = sysconf(_SC_PAGESIZE);
    page = mmap(NULL, page_size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return 1;
    (void)page[0];
    check(raises(SIGSEGV, writes_page) && faulted_at(page + OFFSET, SEGV_ACCERR),
          "writing a read-only page is SEGV_ACCERR at its address");
    mprotect((void *)page, page_size, PROT_NONE);
    check(raises(SIGSEGV, reads_page) && faulted_at(page + OFFSET, SEGV_ACCERR),
          "reading a PROT_NONE page is SEGV_ACCERR at its address");

    mprotect((void *)page, page_size, PROT_READ);
    handle(SIGSEGV, repair, 0);
    writes_page();
    check(repairs == 1 && page[OFFSET] == 1, "a handler repairs the page and the access is made again");

    munmap((void *)page, page_size);
    check(raises(SIGSEGV, reads_page) && faulted_at(page + OFFSET, SEGV_MAPERR),
          "reading an unmapped page is SEGV_MAPERR at its address");
    check(raises(SIGSEGV, writes_page) && faulted_at(page + OFFSET, SEGV_MAPERR),
          "writing an unmapped page is SEGV_MAPERR at its address");
    check(raises(SIGSEGV, reads_null) && faulted_at((void *)(uintptr_t)8, SEGV_MAPERR), "so is reading near address 0");
    check(raises(SIGSEGV, reads_kernel), "reading the kernel's memory raises SIGSEGV");
    struct child child = start(faults_by_default);
    check(killed(finish(&child), SIGSEGV), "by default the process is ended by SIGSEGV");
    return done();
}
