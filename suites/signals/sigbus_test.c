/*
 * sigbus_test: touching a mapped page past the end of its file raises SIGBUS, not SIGSEGV and not zeros.
 * Sabotage: sigaction
 */
#include <fcntl.h>
#include <sys/mman.h>

#include "fault.h"

static volatile unsigned char *mapping;
static size_t page_size;

static void reads_past_end(void)
{
    (void)mapping[page_size + 5];
}

static void reads_first_page(void)
{
    (void)mapping[5];
}

static int reads_by_default(void)
{
    handle(SIGBUS, SIG_DFL, 0);
    reads_past_end();
    return 7;
}

int main(void)
{
    static const char name[] = "sigbus_test.tmp";
    plan(5);
    page_size = sysconf(_SC_PAGESIZE);
    int file = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    unlink(name);
    if (!check(file >= 0 && ftruncate(file, page_size) == 0, "a file of one page"))
        return 1;
    mapping = mmap(NULL, 2 * page_size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (mapping == MAP_FAILED)
        return 1;
    check(!raises(SIGBUS, reads_first_page), "its own page can be read");
    check(raises(SIGBUS, reads_past_end) && fault.si_code == BUS_ADRERR && fault.si_addr == mapping + page_size + 5,
          "the page after is BUS_ADRERR at its address");
    struct child child = start(reads_by_default);
    check(killed(finish(&child), SIGBUS), "by default it ends the process with SIGBUS");
    check(ftruncate(file, 0) == 0 && raises(SIGBUS, reads_first_page), "a page that was cut off raises SIGBUS too");
    return done();
}
