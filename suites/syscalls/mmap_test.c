/*
 * mmap_test: memory is mapped, shared, protected and unmapped as asked.
 * Accesses that must fail are made by a child, which must die of SIGSEGV: a child that lives on means that the page
 * table entry, or its translation in the TLB, was left as it was.
 * Sabotage: mmap
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS, which POSIX has only since 2024. */
#include <fcntl.h>
#include <sys/mman.h>

#include "check.h"
#include "child.h"

static size_t page;

static char *map_anonymous(size_t pages, int protection, int sharing)
{
    return mmap(NULL, pages * page, protection, sharing | MAP_ANONYMOUS, -1, 0);
}

static int is_all(const char *memory, size_t length, char byte)
{
    for (size_t index = 0; index < length; index++)
        if (memory[index] != byte)
            return 0;
    return 1;
}

static int fate_of_read(volatile char *address)
{
    pid_t child = fork();
    if (child == 0)
        _exit((*address, KEPT_WORD));
    return fate(child);
}

static int fate_of_write(volatile char *address)
{
    pid_t child = fork();
    if (child == 0) {
        *address = 'x';
        _exit(KEPT_WORD);
    }
    return fate(child);
}

static void test_anonymous(void)
{
    char *memory = map_anonymous(8, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    int mapped = memory != MAP_FAILED;
    check(mapped && (unsigned long)memory % page == 0 && is_all(memory, 8 * page, 0), "new memory is zero");
    check(mapped && fate_of_write(memory) == KEPT_WORD && memory[0] == 0,
          "a child's write to private memory is its own");
    if (mapped)
        memset(memory, 'm', 8 * page);
    check(mapped && munmap(memory + 2 * page, page) == 0 && fate_of_read(memory + 2 * page) == -SIGSEGV
              && memory[2 * page - 1] == 'm' && memory[3 * page] == 'm',
          "a page in the middle can be unmapped");
    char *again = mapped ? mmap(memory + 2 * page, page, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)
                         : MAP_FAILED;
    check(again != MAP_FAILED && again == memory + 2 * page && is_all(again, page, 0),
          "MAP_FIXED maps at the address, and zero again");
    if (mapped)
        munmap(memory, 8 * page);

    char *shared = map_anonymous(1, PROT_READ | PROT_WRITE, MAP_SHARED);
    check(shared != MAP_FAILED && fate_of_write(shared) == KEPT_WORD && *(volatile char *)shared == 'x',
          "a child's write to shared memory is seen");
    if (shared != MAP_FAILED)
        munmap(shared, page);
}

static void test_protection(void)
{
    char *memory = map_anonymous(2, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    int mapped = memory != MAP_FAILED;
    if (mapped)
        memset(memory, 'p', 2 * page);
    check(mapped && mprotect(memory, page, PROT_READ) == 0 && fate_of_read(memory) == KEPT_WORD
              && fate_of_write(memory) == -SIGSEGV && fate_of_write(memory + page) == KEPT_WORD,
          "a page made read-only cannot be written, the next one can");
    check(mapped && mprotect(memory, page, PROT_NONE) == 0 && fate_of_read(memory) == -SIGSEGV,
          "a page without access cannot be read");
    check(mapped && mprotect(memory, page, PROT_READ | PROT_WRITE) == 0 && fate_of_write(memory) == KEPT_WORD
              && is_all(memory, 2 * page, 'p'),
          "a page that is opened again holds what it held");
    if (mapped)
        munmap(memory, 2 * page);
}

static void test_file(void)
{
    char bytes[5];
    int file = open("mmap_file", O_RDWR | O_CREAT | O_TRUNC, 0600);
    int made = write(file, "hello", 5) == 5;
    char *own = made ? mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0) : MAP_FAILED;
    char *shared = made ? mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) : MAP_FAILED;
    int mapped = own != MAP_FAILED && shared != MAP_FAILED;
    check(mapped && memcmp(own, "hello", 5) == 0 && memcmp(shared, "hello", 5) == 0
              && is_all(own + 5, page - 5, 0),
          "a file is mapped, the rest of the page is zero");
    if (mapped)
        own[0] = 'j';
    check(mapped && pread(file, bytes, 5, 0) == 5 && memcmp(bytes, "hello", 5) == 0 && shared[0] == 'h',
          "a private write does not reach the file");
    if (mapped)
        shared[4] = '0';
    check(mapped && msync(shared, page, MS_SYNC) == 0 && pread(file, bytes, 5, 0) == 5
              && memcmp(bytes, "hell0", 5) == 0,
          "a shared write does");
    check(mapped && close(file) == 0 && pwrite(file, "", 1, 0) == -1 && shared[0] == 'h'
              && fate_of_read(shared) == KEPT_WORD,
          "a mapping outlives its descriptor");
    if (mapped) {
        munmap(own, page);
        munmap(shared, page);
    }
    unlink("mmap_file");
}

int main(void)
{
    plan(13);
    page = (size_t)sysconf(_SC_PAGESIZE);
    test_anonymous();
    test_protection();
    test_file();
    check(map_anonymous(0, PROT_READ, MAP_PRIVATE) == MAP_FAILED && errno == EINVAL
              && mmap(NULL, page, PROT_READ, MAP_PRIVATE, 1000, 0) == MAP_FAILED && errno == EBADF,
          "a length of zero is EINVAL, a closed descriptor EBADF");
    return done();
}
