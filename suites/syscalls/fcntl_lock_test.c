/*
 * fcntl_lock_test: record locks keep other processes out, for the bytes that they cover, until the holder lets go.
 * Sabotage: fcntl
 */
#include <fcntl.h>

#include "check.h"
#include "child.h"

static int file;

static int set_lock(short type, off_t start, off_t length)
{
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
    return fcntl(file, F_SETLK, &lock);
}

/* Tries for a lock in a child. Returns whether it got it, -1 where something else went wrong. */
static int child_gets(short type, off_t start, off_t length)
{
    pid_t child = fork();
    if (child == 0) {
        if (set_lock(type, start, length) == 0)
            _exit(KEPT_WORD);
        _exit(errno == EAGAIN || errno == EACCES ? KEPT_WORD + 1 : 1);
    }
    switch (fate(child)) {
    case KEPT_WORD:
        return 1;
    case KEPT_WORD + 1:
        return 0;
    default:
        return -1;
    }
}

/* Whether a child is told that this process holds bytes 10 to 19 for writing. */
static int child_is_told(void)
{
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0) {
        struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0};
        int told = fcntl(file, F_GETLK, &lock) == 0 && lock.l_type == F_WRLCK && lock.l_pid == parent
            && lock.l_start == 10 && lock.l_len == 10;
        _exit(told ? KEPT_WORD : 1);
    }
    return fate(child) == KEPT_WORD;
}

int main(void)
{
    plan(7);
    file = open("lock_file", O_RDWR | O_CREAT | O_TRUNC, 0600);
    check(file >= 0 && set_lock(F_WRLCK, 10, 10) == 0, "a process locks bytes of a file for writing");
    check(child_gets(F_WRLCK, 15, 1) == 0 && child_gets(F_RDLCK, 0, 0) == 0, "another gets no lock on them");
    check(child_gets(F_WRLCK, 0, 10) == 1 && child_gets(F_WRLCK, 20, 0) == 1, "it gets one on the bytes beside them");
    check(child_is_told(), "it is told which lock of whom is in the way");
    check(set_lock(F_RDLCK, 10, 10) == 0 && child_gets(F_RDLCK, 0, 0) == 1 && child_gets(F_WRLCK, 19, 1) == 0,
          "reading locks are shared");
    check(set_lock(F_UNLCK, 10, 10) == 0 && child_gets(F_WRLCK, 0, 0) == 1, "an unlocked file is free");

    int copy = open("lock_file", O_RDWR);
    int locked = set_lock(F_WRLCK, 0, 0) == 0 && child_gets(F_WRLCK, 0, 0) == 0;
    close(copy);
    check(copy >= 0 && locked && child_gets(F_WRLCK, 0, 0) == 1, "closing any descriptor of the file lets go");
    close(file);
    unlink("lock_file");
    return done();
}
