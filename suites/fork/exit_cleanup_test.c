/*
 * exit_cleanup_test: the end of a process, by exit or by SIGKILL, closes what it held and gives back its memory.
 * Sabotage: pipe
 */
#include <fcntl.h>
#include <sys/mman.h>

#include "../signals/child.h"

enum { BIG = 16 * 1024 * 1024, ROUNDS = 20, PAGE = 4096 };

static int data[2];
static int lock_file;

static int exits_holding_pipe(void)
{
    return 0;
}

static int holds(void)
{
    tell('r');
    hold();
    return 0;
}

static int set_lock(int type)
{
    struct flock whole = { .l_type = type, .l_whence = SEEK_SET };
    return fcntl(lock_file, F_SETLK, &whole);
}

static int holds_lock(void)
{
    if (set_lock(F_WRLCK) < 0)
        return 8;
    tell('r');
    hold();
    return 0;
}

/* Fills memory that, 20 times over, is more than a small machine has. */
static int fills_memory(void)
{
    volatile char *memory = mmap(NULL, BIG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return 8;
    for (int i = 0; i < BIG; i += PAGE)
        memory[i] = 1;
    return 0;
}

static int pipe_ends(int by_kill)
{
    char byte;
    if (pipe(data) < 0)
        return 0;
    struct child child = start(by_kill ? holds : exits_holding_pipe);
    close(data[1]);
    if (by_kill) {
        hear(&child);
        kill(child.pid, SIGKILL);
    }
    int at_end = read(data[0], &byte, 1) == 0;
    close(data[0]);
    finish(&child);
    return at_end;
}

static int lock_is_released(void)
{
    lock_file = open("exit_cleanup_test.tmp", O_RDWR | O_CREAT, 0600);
    unlink("exit_cleanup_test.tmp");
    if (lock_file < 0)
        return 0;
    struct child child = start(holds_lock);
    int was_held = hear(&child) == 'r' && set_lock(F_WRLCK) == -1;
    kill(child.pid, SIGKILL);
    finish(&child);
    int is_free = set_lock(F_WRLCK) == 0;
    close(lock_file);
    return was_held && is_free;
}

static int memory_comes_back(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        struct child child = start(fills_memory);
        if (!exited(finish(&child), 0))
            return 0;
    }
    return 1;
}

int main(void)
{
    plan(4);
    check(pipe_ends(0), "exit closes a pipe's last writer");
    check(pipe_ends(1), "so does SIGKILL");
    check(lock_is_released(), "a file lock ends with its process");
    check(memory_comes_back(), "20 children fill 16 MiB each, in turn");
    return done();
}
