/*
 * exec_envp_test: the environment given to execve arrives in the new program, and nothing else does.
 * A failure of the first subtests alone means that the kernel hands on the caller's environment, or none.
 * Sabotage: execve
 */
#include "check.h"
#include "report.h"

static char *const arguments[] = {"exec_report_check", "argument", NULL};

static int arrives(const char *helper, char *const environment[])
{
    return reports(helper, arguments, environment, arguments, environment);
}

int main(int argc, char *argv[])
{
    char helper[PATH_SIZE];
    (void)argc;
    plan(6);
    check(locate(helper, argv[0], "exec_report_check"), "the helper program is installed");
    setenv("EXEC_ENVP_TEST", "of the caller", 1);

    char *empty[] = {NULL};
    check(arrives(helper, empty), "an empty environment arrives empty");

    char *two[] = {"PATH=/nowhere", "HOME=/", NULL};
    check(arrives(helper, two), "only the given variables arrive");

    char *odd[] = {"=", "", "no equals sign", "TWICE=1", "TWICE=2", "EMPTY=", NULL};
    check(arrives(helper, odd), "strings that are no variables arrive unchanged");

    static char variables[500][100];
    static char *large[501];
    for (int index = 0; index < 500; index++) {
        snprintf(variables[index], sizeof variables[index], "VARIABLE_%d=%0*d", index, index % 80 + 1, index);
        large[index] = variables[index];
    }
    check(arrives(helper, large), "five hundred variables arrive in order");

    static char value[20000];
    memset(value, 'v', sizeof value - 1);
    memcpy(value, "LONG=", 5);
    char *wide[] = {"BEFORE=1", value, "AFTER=2", NULL};
    check(arrives(helper, wide), "a variable of several pages arrives");
    return done();
}
