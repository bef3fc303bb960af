/*
 * exec_argv_test: the arguments given to execve arrive in the new program, all of them, unchanged and in order.
 * A failure of the last subtests alone means that strings or pointers are cut or mixed up where they cross a page.
 * Sabotage: execve
 */
#include "check.h"
#include "report.h"

static char *const no_environment[] = {NULL};

static int arrive(const char *helper, char *const arguments[])
{
    return reports(helper, arguments, no_environment, arguments, no_environment);
}

int main(int argc, char *argv[])
{
    char helper[PATH_SIZE];
    (void)argc;
    plan(7);
    check(locate(helper, argv[0], "exec_report_check"), "the helper program is installed");

    char *three[] = {"exec_report_check", "first", "second", NULL};
    check(arrive(helper, three), "three arguments arrive in order");

    char *renamed[] = {"a name of the caller's choice", "x", NULL};
    check(arrive(helper, renamed), "argv[0] is what the caller says, not the path");

    char *with_empty[] = {"exec_report_check", "", "after an empty one", "", NULL};
    check(arrive(helper, with_empty), "empty arguments keep their places");

    char every_byte[256];
    for (int byte = 1; byte < 256; byte++)
        every_byte[byte - 1] = (char)byte;
    every_byte[255] = '\0';
    char *with_every_byte[] = {"exec_report_check", every_byte, NULL};
    check(arrive(helper, with_every_byte), "an argument holds every byte from 1 to 255");

    char numbers[200][8];
    char *many[202] = {"exec_report_check"};
    for (int index = 0; index < 200; index++) {
        snprintf(numbers[index], sizeof numbers[index], "%d", index * 37);
        many[index + 1] = numbers[index];
    }
    check(arrive(helper, many), "two hundred arguments arrive in order");

    /* Three strings of different lengths, so that their ends fall at different places of a page. */
    static char longest[3][6000];
    char *pages[] = {"exec_report_check", longest[0], longest[1], longest[2], NULL};
    for (int index = 0; index < 3; index++) {
        size_t length = (size_t)(4095 + index * 900);
        for (size_t at = 0; at < length; at++)
            longest[index][at] = (char)('a' + (at + (size_t)index) % 26);
    }
    check(arrive(helper, pages), "arguments longer than a page arrive");
    return done();
}
