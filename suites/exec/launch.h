/*
 * Starting another program and learning what became of it.
 *
 * A program that is started here answers by its exit status alone, so a kernel needs fork, execve and waitpid and
 * nothing more. ARRIVED is the answer "I run, and all is as it should be": not 0, which a process that never reached
 * its main may also leave behind.
 */
#ifndef TWINBOOT_LAUNCH_H
#define TWINBOOT_LAUNCH_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARRIVED = 42, PATH_SIZE = 1024 };

/* Where a program looks at several things, its status is COMPARED and a bit, from 1 to 32, for each that differs. */
enum { COMPARED = 64 };

/* Statuses from here on say that execve returned in the child: the rest is its errno. */
enum { REFUSED_STATUS = 128, RETURNED_WITHOUT_ERROR = 127 };

/* What launch() returns when the child did not exit, or could not be made or awaited. */
enum { LOST = -1000 };

/*
 * Puts the absolute path of DIRECTORY/NAME into `path`; `length` bytes of `directory` count. Returns whether that is
 * a file that may be executed.
 */
__attribute__((unused)) static int find_in(char path[PATH_SIZE], const char *directory, size_t length, const char *name)
{
    size_t base = 0;
    if (length == 0 || *directory != '/') {
        if (!getcwd(path, PATH_SIZE / 2))
            return 0;
        base = strlen(path);
        path[base++] = '/';
    }
    if (base + length + 1 + strlen(name) >= PATH_SIZE)
        return 0;
    memcpy(path + base, directory, length);
    path[base + length] = '/';
    strcpy(path + base + length + 1, name);
    return access(path, X_OK) == 0;
}

/*
 * Puts the absolute path of a program that is installed beside the running one into `path`: in the directory of
 * argv[0] where that has one, else in the first directory of PATH that has it. Returns whether there is one.
 */
__attribute__((unused)) static int locate(char path[PATH_SIZE], const char *argv0, const char *name)
{
    const char *slash = strrchr(argv0, '/');
    if (slash)
        return find_in(path, argv0, (size_t)(slash - argv0), name);
    for (const char *directory = getenv("PATH"); directory && *directory; directory += strspn(directory, ":")) {
        size_t length = strcspn(directory, ":");
        if (find_in(path, directory, length, name))
            return 1;
        directory += length;
    }
    return 0;
}

/* For the child of a fork: replaces it, and exits with what await() understands where that is refused. */
__attribute__((unused)) static void replace(const char *path, char *const argv[], char *const envp[])
{
    int result = execve(path, argv, envp);
    _exit(REFUSED_STATUS + (result == -1 ? errno : RETURNED_WITHOUT_ERROR));
}

/* The exit status of a child that called replace(); -errno where execve was refused; LOST for any other end. */
__attribute__((unused)) static int await(pid_t child)
{
    int status;
    if (child < 0)
        return LOST;
    while (waitpid(child, &status, 0) != child)
        if (errno != EINTR)
            return LOST;
    if (!WIFEXITED(status))
        return LOST;
    status = WEXITSTATUS(status);
    return status < REFUSED_STATUS ? status : REFUSED_STATUS - status;
}

/* Runs a program in a child of its own and returns what await() says of it. */
__attribute__((unused)) static int launch(const char *path, char *const argv[], char *const envp[])
{
    pid_t child = fork();
    if (child == 0)
        replace(path, argv, envp);
    return await(child);
}

/* Whether an answer says that the thing with this bit is as it should be. */
__attribute__((unused)) static int is_same(int answer, int bit)
{
    return answer >= COMPARED && answer < REFUSED_STATUS && (answer & bit) == 0;
}

#endif
