/*
 * exec_errors_test: execve refuses what it cannot run with the right error, and the caller goes on.
 * A kernel that gives up the old image before it knows that the new one is good loses the caller here.
 * Sabotage: execve
 */
#include "check.h"
#include "copy.h"
#include "launch.h"

static char *const arguments[] = {"exec_check", NULL};
static char *const no_environment[] = {NULL};

/* Tries in a child, so that a program started by mistake does not take this one's place. */
static int refused(const char *path, int error)
{
    return launch(path, arguments, no_environment) == -error;
}

/* An ELF header of this machine, cut off before what it promises. */
static int write_cut_program(const char *helper, const char *path)
{
    char header[40];
    int file = open(helper, O_RDONLY);
    int got = file >= 0 && read(file, header, sizeof header) == (ssize_t)sizeof header;
    close(file);
    return got && write_file(path, header, sizeof header, 0700);
}

int main(int argc, char *argv[])
{
    char helper[PATH_SIZE], too_long[PATH_SIZE + 4096];
    (void)argc;
    plan(13);
    check(locate(helper, argv[0], "exec_check"), "the helper program is installed");

    check(refused("exec_no_such_file", ENOENT), "a missing file is ENOENT");
    check(refused("", ENOENT), "an empty path is ENOENT");
    check(refused("exec_no_such_directory/program", ENOENT), "a missing directory is ENOENT");
    check(refused(strcat(strcpy(too_long, helper), "/below"), ENOTDIR), "a file in place of a directory is ENOTDIR");
    check(refused(".", EACCES), "a directory is EACCES");
    check(copy_file(helper, "exec_plain", 0600) && refused("exec_plain", EACCES),
          "a file that nobody may execute is EACCES, for root as well");
    check(write_file("exec_text", "neither ELF nor #!\n", 19, 0700) && refused("exec_text", ENOEXEC),
          "a text without #! is ENOEXEC");
    check(write_file("exec_empty", "", 0, 0700) && refused("exec_empty", ENOEXEC), "an empty file is ENOEXEC");
    check(write_cut_program(helper, "exec_cut") && refused("exec_cut", ENOEXEC), "half an ELF header is ENOEXEC");
    check(symlink("exec_loop", "exec_loop") == 0 && refused("exec_loop", ELOOP),
          "a symbolic link to itself is ELOOP");
    memset(too_long, 'x', sizeof too_long - 1);
    too_long[sizeof too_long - 1] = '\0';
    check(refused(too_long, ENAMETOOLONG), "a path of 5000 bytes is ENAMETOOLONG");

    char intact[] = "memory of the caller";
    int result = execve("exec_cut", arguments, no_environment);
    check(result == -1 && errno == ENOEXEC && strcmp(intact, "memory of the caller") == 0
              && launch(helper, arguments, no_environment) == ARRIVED,
          "a refused caller goes on and can start a good program");
    unlink("exec_plain");
    unlink("exec_text");
    unlink("exec_empty");
    unlink("exec_cut");
    unlink("exec_loop");
    return done();
}
