/*
 * cloexec_test: execve closes the descriptors marked FD_CLOEXEC, and no others.
 * Where marked ones stay open, pipes never end and disks stay busy in programs that know nothing of them.
 * Sabotage: fcntl
 */
#include <fcntl.h>

#include "check.h"
#include "launch.h"

static char helper[PATH_SIZE];
static char *const no_environment[] = {NULL};

/* Whether a new program finds the one list of descriptors open and the other closed. */
static int finds(char *open_digits, char *closed_digits)
{
    char *arguments[] = {"exec_descriptors_check", open_digits, closed_digits, NULL};
    return launch(helper, arguments, no_environment) == ARRIVED;
}

int main(int argc, char *argv[])
{
    (void)argc;
    plan(8);
    check(locate(helper, argv[0], "exec_descriptors_check"), "the helper program is installed");
    for (int descriptor = 3; descriptor < 10; descriptor++)
        close(descriptor);

    check(dup2(STDOUT_FILENO, 4) == 4 && dup2(STDOUT_FILENO, 5) == 5 && finds("45", "6789"),
          "an unmarked descriptor stays open");
    check(fcntl(5, F_SETFD, FD_CLOEXEC) == 0 && (fcntl(5, F_GETFD) & FD_CLOEXEC) && finds("4", "5"),
          "a descriptor marked by fcntl is closed");
    check(fcntl(4, F_GETFD) == 0 && (fcntl(5, F_GETFD) & FD_CLOEXEC), "both are still open in the caller");
    check(dup2(5, 6) == 6 && finds("46", "5"), "a duplicate of a marked descriptor is unmarked");
    check(fcntl(5, F_SETFD, 0) == 0 && finds("456", ""), "a mark can be taken away");

    close(6);
    int opened = open(".", O_RDONLY | O_CLOEXEC);
    int duplicate = fcntl(opened, F_DUPFD_CLOEXEC, 7);
    check(opened == 3 && duplicate == 7 && finds("45", "37"), "O_CLOEXEC and F_DUPFD_CLOEXEC mark from the start");
    close(opened);
    close(duplicate);

    char *nothing[] = {"", NULL};
    check(fcntl(5, F_SETFD, FD_CLOEXEC) == 0 && execve("", nothing, nothing) == -1 && fcntl(5, F_GETFD) >= 0,
          "an execve that is refused closes nothing");
    close(4);
    close(5);
    return done();
}
