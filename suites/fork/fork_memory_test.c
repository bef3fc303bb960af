/*
 * fork_memory_test: parent and child have the same memory contents at first, and separate memory from then on.
 * With copy-on-write: a write that shows on the other side went to a shared page that was left writable; a crash or a
 * repeated fault is a page whose copy was not entered, or stayed in the TLB.
 * Sabotage: fork
 */
#include <stdlib.h>
#include <sys/mman.h>

#include "../signals/child.h"

enum { PAGES = 256, HEAP = 64 * 1024 };

static volatile int data = 100;
static volatile int zeroed[4096];
static const char text[] = "constant";
static volatile int *on_stack;
static volatile unsigned char *heap;
static volatile unsigned char *pages;
static size_t page_size;

static unsigned char mark(int page)
{
    return page * 7 + 3;
}

static int sees_parents_values(void)
{
    int same = data == 100 && zeroed[4095] == 200 && *on_stack == 300 && strcmp(text, "constant") == 0;
    for (int i = 0; i < HEAP; i++)
        same &= heap[i] == (unsigned char)i;
    for (int i = 0; i < PAGES; i++)
        same &= pages[i * page_size] == mark(i);
    return same ? 0 : 7;
}

static int writes_everything(void)
{
    data = 101;
    zeroed[4095] = 201;
    *on_stack = 301;
    for (int i = 0; i < HEAP; i++)
        heap[i] = 0xee;
    for (int i = 0; i < PAGES; i++)
        pages[i * page_size] = 0xee;
    int kept = data == 101 && zeroed[4095] == 201 && *on_stack == 301 && heap[HEAP - 1] == 0xee;
    for (int i = 0; i < PAGES; i++)
        kept &= pages[i * page_size] == 0xee;
    return kept ? 0 : 7;
}

/* The parent writes while this child waits; none of it may show here. */
static int outlasts_parents_writes(void)
{
    tell('r');
    hold();
    return sees_parents_values();
}

/* Three generations share the pages; the one in the middle writes. */
static int writes_between(void)
{
    struct child grandchild = start(outlasts_parents_writes);
    hear(&grandchild);
    int wrote = writes_everything() == 0;
    return exited(finish(&grandchild), 0) && wrote ? 0 : 8;
}

static int exits_0(int (*body)(void))
{
    struct child child = start(body);
    return exited(finish(&child), 0);
}

int main(void)
{
    volatile int local = 300;
    plan(8);
    on_stack = &local;
    page_size = sysconf(_SC_PAGESIZE);
    zeroed[4095] = 200;
    heap = malloc(HEAP);
    pages = mmap(NULL, PAGES * page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (heap == NULL || pages == MAP_FAILED)
        return 1;
    for (int i = 0; i < HEAP; i++)
        heap[i] = i;
    for (int i = 0; i < PAGES; i++)
        pages[i * page_size] = mark(i);

    check(exits_0(sees_parents_values), "a child sees its parent's data, stack, heap and mapped pages");
    check(exits_0(writes_everything), "a child can write all of them");
    check(sees_parents_values() == 0, "none of it shows in the parent");
    check(exits_0(writes_between), "none of it shows in a grandchild");
    check(sees_parents_values() == 0, "nor in the parent of three generations");

    struct child child = start(outlasts_parents_writes);
    hear(&child);
    check(writes_everything() == 0, "the parent can write while a child is there");
    check(exited(finish(&child), 0), "none of it shows in the child");
    check(writes_everything() == 0, "the parent can write when the child is gone");
    return done();
}
