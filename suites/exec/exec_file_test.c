/*
 * exec_file_test: execve replaces a process by a program from the filesystem.
 * A failure of the first subtest means that no program can be started at all: ELF loader, path lookup, or the switch to
 * the new image. A failure of a later one alone points to the filesystem that holds the copy, or to a cache of images.
 * Sabotage: execve
 */
#include "check.h"
#include "copy.h"
#include "launch.h"

static char *const no_environment[] = {NULL};

int main(int argc, char *argv[])
{
    char helper[PATH_SIZE];
    char *plain[] = {"exec_check", NULL};
    char *with_status[] = {"exec_check", "7", NULL};
    char *own_image[] = {"image", NULL};

    if (argc == 1 && strcmp(argv[0], "image") == 0)
        return 9;
    plan(6);
    int found = locate(helper, argv[0], "exec_check");
    check(found && launch(helper, plain, no_environment) == ARRIVED, "a program runs in place of the caller");
    check(found && launch(helper, with_status, no_environment) == 7, "its exit status is what it chose");
    check(found && copy_file(helper, "exec_copy", 0700) && launch("exec_copy", plain, no_environment) == ARRIVED,
          "a program that was just written runs");
    check(launch("./exec_copy", plain, no_environment) == ARRIVED, "a relative path leads to it as well");
    check(symlink("exec_copy", "exec_link") == 0 && launch("exec_link", plain, no_environment) == ARRIVED,
          "a symbolic link leads to it as well");

    /* A kernel that caches images by name or inode number would run the deleted program again. */
    char self[PATH_SIZE];
    unlink("exec_copy");
    check(locate(self, argv[0], "exec_file_test") && copy_file(self, "exec_copy", 0700)
              && launch("exec_copy", own_image, no_environment) == 9,
          "another program under a deleted one's name runs");
    unlink("exec_copy");
    unlink("exec_link");
    return done();
}
