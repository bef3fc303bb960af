/*
 * exec_script_test: a file that begins with #! is run by the interpreter named there.
 * The interpreter gets its own path, then the rest of the line as one argument if there is any, then the path of the
 * script and the arguments of the caller without argv[0]. Not in POSIX, but no Unix is without it.
 * Sabotage: execve
 */
#include "check.h"
#include "copy.h"
#include "report.h"

static char *const no_environment[] = {NULL};
static char *const arguments[] = {"ignored", "first", "second", NULL};

/* A script of one line and the line after it, which no interpreter here reads. */
static int write_script(const char *path, const char *interpreter, const char *rest)
{
    char text[PATH_SIZE + 64];
    int length = snprintf(text, sizeof text, "#!%s%s\nexit 1\n", interpreter, rest);
    return length > 0 && length < (int)sizeof text && write_file(path, text, (size_t)length, 0700);
}

static int runs_as(const char *path, char *const expected[])
{
    return reports(path, arguments, no_environment, expected, no_environment);
}

int main(int argc, char *argv[])
{
    char reporter[PATH_SIZE], helper[PATH_SIZE];
    (void)argc;
    plan(9);
    check(locate(reporter, argv[0], "exec_report_check") && locate(helper, argv[0], "exec_check"),
          "the helper programs are installed");

    char *plain[] = {reporter, "./exec_script", "first", "second", NULL};
    check(write_script("exec_script", reporter, "") && runs_as("./exec_script", plain),
          "the interpreter gets its path, the script and the arguments");
    char *optioned[] = {reporter, "-x", "./exec_script", "first", "second", NULL};
    check(write_script("exec_script", reporter, " -x") && runs_as("./exec_script", optioned),
          "an argument in the first line comes before the script");
    char *joined[] = {reporter, "two words", "./exec_script", "first", "second", NULL};
    check(write_script("exec_script", reporter, " two words") && runs_as("./exec_script", joined),
          "two words in the first line are one argument");
    char spaced[PATH_SIZE + 1] = " ";
    strcat(spaced, reporter);
    check(write_script("exec_script", spaced, " \t") && runs_as("./exec_script", plain),
          "blanks around the interpreter do not count");

    char *with_status[] = {"ignored", "9", NULL};
    check(write_script("exec_script", helper, "") && launch("./exec_script", with_status, no_environment) == 9,
          "the exit status is the interpreter's");
    check(write_script("exec_script", "/no/such/interpreter", "")
              && launch("./exec_script", arguments, no_environment) == -ENOENT,
          "a missing interpreter is ENOENT");
    check(write_script("exec_script", "", "") && launch("./exec_script", arguments, no_environment) < 0,
          "a first line without an interpreter is refused");
    check(write_script("exec_script", "./exec_script", "") && launch("./exec_script", arguments, no_environment) < 0
              && launch(helper, arguments, no_environment) == ARRIVED,
          "a script that is its own interpreter is refused");
    unlink("exec_script");
    return done();
}
