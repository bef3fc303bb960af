/*
 * fexecve_test: a program is executed through an open descriptor.
 * C libraries build fexecve on execveat with AT_EMPTY_PATH, or on a path below /proc/self/fd or /dev/fd.
 * Sabotage: fexecve
 */
#include <fcntl.h>

#include "check.h"
#include "copy.h"
#include "launch.h"

static char *const no_environment[] = {NULL};

/* Executes what is open at `file` in a child. Returns what await() says. */
static int launch_open(int file)
{
    pid_t child = fork();
    if (child == 0) {
        char *arguments[] = {"exec_check", "8", NULL};
        int result = fexecve(file, arguments, no_environment);
        _exit(REFUSED_STATUS + (result == -1 ? errno : RETURNED_WITHOUT_ERROR));
    }
    return await(child);
}

int main(int argc, char *argv[])
{
    char helper[PATH_SIZE];
    (void)argc;
    plan(4);
    check(locate(helper, argv[0], "exec_check"), "the helper program is installed");

    int file = open(helper, O_RDONLY);
    check(file >= 0 && launch_open(file) == 8, "a program runs that is known by its descriptor alone");
    close(file);

    int deleted = copy_file(helper, "exec_deleted", 0700) ? open("exec_deleted", O_RDONLY) : -1;
    check(deleted >= 0 && unlink("exec_deleted") == 0 && launch_open(deleted) == 8,
          "it runs also when its name is gone");
    close(deleted);
    check(launch_open(deleted) == -EBADF, "a closed descriptor is EBADF");
    return done();
}
