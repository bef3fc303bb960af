/*
 * fork_mmap_shared_test: after fork(), shared mappings stay common and private ones do not.
 * When a shared page is not common, fork() marks every page copy-on-write without asking what kind of mapping it is in.
 * Sabotage: fork
 */
#include <fcntl.h>
#include <sys/mman.h>

#include "../signals/child.h"

enum { PAGES = 16 };

static volatile int *shared;
static volatile int *own;
static volatile int *untouched;
static volatile int *from_file;
static size_t ints_per_page;

static volatile int *map(int flags, int file)
{
    void *mapping = mmap(NULL, PAGES * ints_per_page * sizeof(int), PROT_READ | PROT_WRITE, flags, file, 0);
    if (mapping == MAP_FAILED)
        _exit(1);
    return mapping;
}

static int writes(void)
{
    for (int i = 0; i < PAGES; i++)
        shared[i * ints_per_page] = own[i * ints_per_page] = untouched[i * ints_per_page] = 1000 + i;
    from_file[0] = 1000;
    return 0;
}

static int sees_parents_write(void)
{
    tell('r');
    hold();
    return shared[5] == 42 && own[5] == 0 ? 0 : 7;
}

static int all_are(const volatile int *mapping, int first)
{
    int right = 1;
    for (int i = 0; i < PAGES; i++)
        right &= mapping[i * ints_per_page] == (first == 0 ? 0 : first + i);
    return right;
}

static int unmaps(void)
{
    return munmap((void *)shared, PAGES * ints_per_page * sizeof(int)) == 0 ? 0 : 7;
}

/* Parent and child count at the same time, each its own word. */
static int counts(void)
{
    for (int i = 0; i < 10000; i++)
        shared[10]++;
    return 0;
}

int main(void)
{
    static const char name[] = "fork_mmap_shared_test.tmp";
    int in_file = -1;
    plan(8);
    ints_per_page = sysconf(_SC_PAGESIZE) / sizeof(int);
    int file = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    unlink(name);
    if (file < 0 || ftruncate(file, PAGES * ints_per_page * sizeof(int)) < 0)
        return 1;
    shared = map(MAP_SHARED | MAP_ANONYMOUS, -1);
    own = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
    untouched = map(MAP_SHARED | MAP_ANONYMOUS, -1);
    from_file = map(MAP_SHARED, file);
    for (int i = 0; i < PAGES; i++)
        shared[i * ints_per_page] = own[i * ints_per_page] = 0;

    struct child child = start(writes);
    finish(&child);
    check(all_are(shared, 1000), "what a child writes to a shared mapping, its parent reads");
    check(all_are(own, 0), "what it writes to a private one, its parent does not");
    check(all_are(untouched, 1000), "a shared page that nobody had touched before is common too");
    check(from_file[0] == 1000, "so is a page of a file");
    check(lseek(file, 0, SEEK_SET) == 0 && read(file, &in_file, sizeof in_file) == sizeof in_file && in_file == 1000,
          "and read() of the file sees it");

    child = start(sees_parents_write);
    hear(&child);
    shared[5] = own[5] = 42;
    check(exited(finish(&child), 0), "a parent's later write reaches a child by the shared mapping alone");
    shared[10] = 0;
    child = start(counts);
    int mine = 0;
    for (int i = 0; i < 10000; i++)
        mine = ++shared[11];
    finish(&child);
    check(shared[10] == 10000 && mine == 10000, "neighbouring words are written by both without loss");
    child = start(unmaps);
    check(exited(finish(&child), 0) && shared[5] == 42, "a child's munmap() leaves the parent's mapping");
    return done();
}
