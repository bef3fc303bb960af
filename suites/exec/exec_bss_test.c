/*
 * exec_bss_test: a program starts with its BSS zero and its data as compiled, whatever was in memory before.
 * The last bytes of the page that data and BSS share are what a kernel forgets to clear; stale data means that the new
 * program got pages of the old one, or that a written page went back to the cache of the file.
 * Sabotage: execve
 */
#include "check.h"
#include "launch.h"

static char helper[PATH_SIZE];
static char *const no_environment[] = {NULL};

static int answer(char *times)
{
    char *arguments[] = {helper, times, NULL};
    return launch(helper, arguments, no_environment);
}

/* Fills memory that the kernel then gets back and may hand to the next program. */
static int dirty_memory(void)
{
    enum { SIZE = 8 * 1024 * 1024 };
    pid_t child = fork();
    if (child == 0) {
        volatile unsigned char *memory = malloc(SIZE);
        for (int index = 0; memory && index < SIZE; index += 64)
            memory[index] = 0xcc;
        _exit(memory ? ARRIVED : 1);
    }
    return await(child) == ARRIVED;
}

int main(int argc, char *argv[])
{
    (void)argc;
    plan(4);
    check(locate(helper, argv[0], "exec_bss_check"), "the helper program is installed");
    check(answer("0") == ARRIVED, "BSS is zero and data is fresh");
    check(dirty_memory() && answer("0") == ARRIVED, "also after other programs have filled memory");
    check(answer("9") == ARRIVED, "also in a program that executes itself ten times over what it has written");
    return done();
}
