/*
 * fork_state_test: a child inherits descriptors, directory and umask; file offsets are shared, the rest is its own.
 * When an offset is not shared, fork() copies open files instead of counting references to them.
 * Sabotage: lseek
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "../signals/child.h"

static int file;
static char directory[256];

static int reads_two_bytes(void)
{
    char bytes[2];
    return read(file, bytes, 2) == 2 && bytes[0] == 'a' && bytes[1] == 'b' ? 0 : 7;
}

static int seeks_to_6(void)
{
    return lseek(file, 6, SEEK_SET) == 6 ? 0 : 7;
}

static int closes_file(void)
{
    return close(file) == 0 ? 0 : 7;
}

static int is_where_parent_was(void)
{
    char here[256] = "";
    return getcwd(here, sizeof here) != NULL && strcmp(here, directory) == 0 ? 0 : 7;
}

static int changes_directory(void)
{
    return chdir("/") == 0 ? 0 : 7;
}

static int has_umask_and_changes_it(void)
{
    return umask(0) == 027 ? 0 : 7;
}

static int has_close_on_exec(void)
{
    return fcntl(file, F_GETFD) == FD_CLOEXEC ? 0 : 7;
}

static int sets_append(void)
{
    return fcntl(file, F_SETFL, O_APPEND) == 0 ? 0 : 7;
}

static int has_variable_and_changes_it(void)
{
    const char *value = getenv("FORK_STATE");
    return value != NULL && strcmp(value, "parent") == 0 && setenv("FORK_STATE", "child", 1) == 0 ? 0 : 7;
}

static int exits_0(int (*body)(void))
{
    struct child child = start(body);
    return exited(finish(&child), 0);
}

int main(void)
{
    static const char name[] = "fork_state_test.tmp";
    char byte;
    plan(9);
    file = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    unlink(name);
    if (!check(file >= 0 && write(file, "abcdefgh", 8) == 8 && lseek(file, 0, SEEK_SET) == 0, "a file of eight bytes"))
        return 1;
    check(exits_0(reads_two_bytes), "a child reads its parent's open file");
    check(lseek(file, 0, SEEK_CUR) == 2, "what the child read, the parent has read");
    check(exits_0(seeks_to_6) && read(file, &byte, 1) == 1 && byte == 'g', "where the child seeks, the parent reads");
    check(exits_0(closes_file) && lseek(file, 0, SEEK_SET) == 0, "what the child closes stays open in the parent");

    fcntl(file, F_SETFD, FD_CLOEXEC);
    check(exits_0(has_close_on_exec), "FD_CLOEXEC is inherited");
    check(exits_0(sets_append) && fcntl(file, F_GETFL) & O_APPEND, "the flags of an open file are shared");

    char now[256] = "";
    getcwd(directory, sizeof directory);
    int same_directory = exits_0(is_where_parent_was) && exits_0(changes_directory);
    getcwd(now, sizeof now);
    umask(027);
    int same_umask = exits_0(has_umask_and_changes_it) && umask(022) == 027;
    check(same_directory && strcmp(now, directory) == 0 && same_umask,
          "directory and umask are inherited, and then separate");
    setenv("FORK_STATE", "parent", 1);
    check(exits_0(has_variable_and_changes_it) && strcmp(getenv("FORK_STATE"), "parent") == 0,
          "so are environment variables");
    return done();
}
