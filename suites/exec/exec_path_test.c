/*
 * exec_path_test: execvp finds programs through PATH, in its order, and goes on where a directory does not help.
 * The search is the C library's. What a kernel gets wrong here is the error of an execve that fails, by which the
 * search decides whether to go on.
 * Sabotage: execvp
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "check.h"
#include "copy.h"
#include "launch.h"

/* Searches for `name` with this PATH in a child. Returns what await() says. */
static int search(const char *path, const char *name, char *status)
{
    pid_t child = fork();
    if (child == 0) {
        char *arguments[] = {"exec_check", status, NULL};
        setenv("PATH", path, 1);
        int result = execvp(name, arguments);
        _exit(REFUSED_STATUS + (result == -1 ? errno : RETURNED_WITHOUT_ERROR));
    }
    return await(child);
}

int main(int argc, char *argv[])
{
    char helper[PATH_SIZE], other[PATH_SIZE];
    (void)argc;
    plan(7);
    check(locate(helper, argv[0], "exec_check") && locate(other, argv[0], "exec_many_check")
              && mkdir("exec_one", 0700) == 0 && mkdir("exec_two", 0700) == 0
              && copy_file(helper, "exec_two/exec_found", 0700),
          "the helper programs are installed");
    check(search("exec_two", "exec_found", "11") == 11, "a program in a directory of PATH is found");
    check(search("/no/such/directory:exec_one:exec_two", "exec_found", "12") == 12,
          "directories that are missing or lack it are passed over");
    check(copy_file(helper, "exec_one/exec_found", 0600) && search("exec_one:exec_two", "exec_found", "13") == 13,
          "a file that may not be executed is passed over");
    check(search("exec_one", "exec_found", "14") == -EACCES, "where it is the only one, the error is EACCES");
    check(search("exec_one:exec_two", "exec_missing", "15") == -ENOENT, "a program that is nowhere is ENOENT");

    /* exec_many_check refuses its argument: the status tells which of the two ran. */
    unlink("exec_one/exec_found");
    check(copy_file(other, "exec_one/exec_found", 0700) && search("exec_one:exec_two", "exec_found", "-16") == 1
              && search("exec_one:exec_two", "exec_two/exec_found", "17") == 17,
          "the first directory wins, and a name with a slash is not searched for");
    unlink("exec_one/exec_found");
    unlink("exec_two/exec_found");
    rmdir("exec_one");
    rmdir("exec_two");
    return done();
}
