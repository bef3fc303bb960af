/*
 * working_directory_test: relative paths start at the working directory, which chdir changes for the caller alone.
 * Sabotage: chdir
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "check.h"
#include "child.h"

enum { PATH_SIZE = 1024 };

static char start[PATH_SIZE], expected[PATH_SIZE + 16], now[PATH_SIZE + 16];

/* Whether the working directory is this one below the first. */
static int is_at(const char *below)
{
    strcat(strcpy(expected, strcmp(start, "/") == 0 ? "" : start), below);
    return getcwd(now, sizeof now) != NULL && strcmp(now, expected) == 0;
}

int main(void)
{
    plan(7);
    if (!check(getcwd(start, sizeof start) != NULL && start[0] == '/', "getcwd gives an absolute path"))
        return done();
    check(mkdir("cwd_one", 0700) == 0 && mkdir("cwd_one/two", 0700) == 0 && chdir("cwd_one/two") == 0
              && is_at("/cwd_one/two"),
          "chdir goes down a relative path");
    int file = open("cwd_file", O_WRONLY | O_CREAT, 0600);
    close(file);
    check(file >= 0 && chdir("..") == 0 && is_at("/cwd_one") && access("two/cwd_file", F_OK) == 0,
          "a relative path starts there, and .. leads up");

    pid_t child = fork();
    if (child == 0)
        _exit(is_at("/cwd_one") && chdir("/") == 0 ? KEPT_WORD : 1);
    check(fate(child) == KEPT_WORD && is_at("/cwd_one"), "a child starts there too, and its own chdir is its own");

    int directory = open("two", O_RDONLY);
    check(directory >= 0 && chdir("/") == 0 && fchdir(directory) == 0 && is_at("/cwd_one/two"),
          "fchdir goes where a descriptor is");
    close(directory);
    check(chdir("missing") == -1 && errno == ENOENT && chdir("cwd_file") == -1 && errno == ENOTDIR
              && is_at("/cwd_one/two"),
          "what is no directory is ENOENT or ENOTDIR, and nothing changes");
    check(getcwd(now, 3) == NULL && errno == ERANGE, "too small a buffer is ERANGE");

    /* A chdir that failed must not make the clean-up delete below another directory. */
    if (chdir(start) == 0) {
        unlink("cwd_one/two/cwd_file");
        rmdir("cwd_one/two");
        rmdir("cwd_one");
    }
    return done();
}
