/*
 * Results of a small POSIX test program, as KTAP on standard output and an exit status.
 *
 *     int main(void)
 *     {
 *         plan(2);
 *         check(kill(getpid(), 0) == 0, "kill with signal 0 finds the caller");
 *         check(kill(getpid(), -1) == -1 && errno == EINVAL, "kill refuses signal -1");
 *         return done();
 *     }
 *
 * Exit status: 0 when every planned subtest ran and passed, 1 otherwise. Only the process that called plan() reports:
 * a child gives its answer by its exit status. Output is written by write(2) alone, so a kernel needs no more than
 * that to be heard, and a fork never repeats buffered lines.
 *
 * KTAP: https://docs.kernel.org/dev-tools/ktap.html
 */
#ifndef TWINBOOT_CHECK_H
#define TWINBOOT_CHECK_H

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int check_planned;
static int check_ran;
static int check_failed;

/* Formats one line and hands it to the kernel whole. Lines over 255 bytes are cut. */
__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
    char line[256];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    if (length > (int)sizeof line - 2)
        length = sizeof line - 2;
    line[length++] = '\n';
    for (int sent = 0; sent < length;) {
        ssize_t wrote = write(STDOUT_FILENO, line + sent, length - sent);
        if (wrote > 0)
            sent += wrote;
        else if (!(wrote < 0 && errno == EINTR))
            return;
    }
}

/* Announces how many subtests follow. Called once, first. */
static void plan(int count)
{
    check_planned = count;
    say("KTAP version 1");
    say("1..%d", count);
}

/* Reports one subtest; errno is shown when it failed. Returns whether it passed. */
static int check(int passed, const char *name)
{
    int error = errno;
    check_ran++;
    if (!passed) {
        check_failed++;
        say("# errno %d: %s", error, strerror(error));
    }
    say("%s %d %s", passed ? "ok" : "not ok", check_ran, name);
    errno = 0;
    return passed;
}

/* Reports a subtest that does not apply here. */
__attribute__((unused)) static void skip(const char *name, const char *why)
{
    check_ran++;
    say("ok %d %s # SKIP %s", check_ran, name, why);
}

/* The exit status of main. */
static int done(void)
{
    if (check_ran != check_planned)
        say("# %d subtests planned, %d ran", check_planned, check_ran);
    return check_failed == 0 && check_ran == check_planned ? 0 : 1;
}

#endif
