/*
 * exec_state_test: what belongs to the process and not to the program survives execve.
 * A failure names what was lost; a wrong process id means that exec makes a new process instead of a new image.
 * Sabotage: umask
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "check.h"
#include "exec_state.h"
#include "launch.h"

static char *const no_environment[] = {NULL};

/* Changes the state of a child, has it execute the helper, and returns the helper's answer. */
static int state_after_exec(const char *helper)
{
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0) {
        char numbers[4][16];
        char directory[PATH_SIZE];
        char *arguments[] = {"exec_state_check", numbers[0], numbers[1], numbers[2], numbers[3], directory, NULL};
        int file = open("exec_file", O_RDWR | O_CREAT | O_TRUNC, 0600);
        umask(027);
        if (setpgid(0, 0) != 0 || chdir("exec_directory") != 0 || !getcwd(directory, sizeof directory)
            || write(file, "12345", 5) != 5 || dup2(file, 9) != 9)
            _exit(1);
        snprintf(numbers[0], sizeof numbers[0], "%d", (int)getpid());
        snprintf(numbers[1], sizeof numbers[1], "%d", (int)parent);
        snprintf(numbers[2], sizeof numbers[2], "%d", (int)getpid());
        snprintf(numbers[3], sizeof numbers[3], "%d", 027);
        replace(helper, arguments, no_environment);
    }
    return await(child);
}

int main(int argc, char *argv[])
{
    char helper[PATH_SIZE];
    (void)argc;
    plan(6);
    int ready = locate(helper, argv[0], "exec_state_check") && mkdir("exec_directory", 0700) == 0;
    int answer = ready ? state_after_exec(helper) : LOST;
    unlink("exec_file");
    rmdir("exec_directory");
    say("# the new program answers %d", answer);

    check(is_same(answer, PROCESS_ID), "the process id stays");
    check(is_same(answer, PARENT_ID), "the parent stays");
    check(is_same(answer, GROUP_ID), "the process group stays");
    check(is_same(answer, MODE_MASK), "the file mode creation mask stays");
    check(is_same(answer, DIRECTORY), "the working directory stays");
    check(is_same(answer, OFFSET), "an open descriptor keeps its offset");
    return done();
}
