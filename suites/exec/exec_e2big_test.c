/*
 * exec_e2big_test: execve refuses more arguments than the system takes with E2BIG, and the caller goes on.
 * POSIX leaves the limit to the system, so the test doubles the size from what every system must take until it is
 * refused. A kernel that copies arguments without counting dies here, or runs out of memory.
 * Sabotage: execve
 */
#include <limits.h>

#include "check.h"
#include "report.h"

/* One string, many times: the caller needs little memory where the kernel has to copy 64 MiB. */
enum { STRING_SIZE = 1024, MOST_STRINGS = 64 * 1024 };

static char string[STRING_SIZE];
static char *arguments[MOST_STRINGS + 2] = {"exec_check"};
static char *const no_environment[] = {NULL};

static void set_count(int count)
{
    for (int index = 1; index <= count; index++)
        arguments[index] = string;
    arguments[count + 1] = NULL;
}

int main(int argc, char *argv[])
{
    char helper[PATH_SIZE], reporter[PATH_SIZE];
    (void)argc;
    memset(string, 'x', sizeof string - 1);

    plan(6);
    check(locate(helper, argv[0], "exec_check") && locate(reporter, argv[0], "exec_report_check"),
          "the helper programs are installed");
    set_count(3);
    check(reports(reporter, arguments, no_environment, arguments, no_environment)
              && sysconf(_SC_ARG_MAX) >= _POSIX_ARG_MAX,
          "three quarters of the least limit in POSIX (4096 bytes) arrive");

    int result = ARRIVED;
    int count = 4;
    for (; count <= MOST_STRINGS && result == ARRIVED; count *= 2) {
        set_count(count);
        result = launch(helper, arguments, no_environment);
    }
    say("# execve returned %s at %d KiB", result < 0 && result != LOST ? strerror(-result) : "in no error", count / 2);
    check(result == -E2BIG, "too large an argument list is refused with E2BIG");

    set_count(MOST_STRINGS);
    char *short_list[] = {"exec_check", NULL};
    check(result == -E2BIG && launch(helper, short_list, arguments) == -E2BIG, "the environment counts as well");
    check(result == -E2BIG && execve(helper, arguments, no_environment) == -1 && errno == E2BIG,
          "the caller itself is told and goes on");
    check(launch(helper, short_list, no_environment) == ARRIVED, "after all refusals a short list is accepted");
    return done();
}
