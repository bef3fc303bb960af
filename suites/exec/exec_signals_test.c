/*
 * exec_signals_test: a new program starts with default actions where the old one had handlers; ignored signals, the
 * mask, pending signals and the alarm stay.
 * A handler that stays is an address of the old program: the next such signal jumps into nowhere.
 * Sabotage: sigaction
 */
#include <signal.h>

#include "check.h"
#include "exec_signals.h"
#include "launch.h"

static char *const arguments[] = {"exec_signals_check", NULL};
static char *const no_environment[] = {NULL};

static void ignore_number(int number)
{
    (void)number;
}

static int set_action(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    return sigaction(number, &action, NULL) == 0;
}

/* Prepares the signals of a child, has it execute the helper, and returns the helper's answer. */
static int signals_after_exec(const char *helper)
{
    pid_t child = fork();
    if (child == 0) {
        sigset_t block;
        sigemptyset(&block);
        sigaddset(&block, SIGUSR2);
        if (!set_action(SIGUSR1, ignore_number) || !set_action(SIGHUP, SIG_IGN) || !set_action(SIGTERM, SIG_DFL)
            || !set_action(SIGUSR2, SIG_DFL) || sigprocmask(SIG_SETMASK, &block, NULL) != 0 || raise(SIGUSR2) != 0)
            _exit(1);
        alarm(1000);
        replace(helper, arguments, no_environment);
    }
    return await(child);
}

int main(int argc, char *argv[])
{
    char helper[PATH_SIZE];
    (void)argc;
    plan(6);
    int answer = locate(helper, argv[0], "exec_signals_check") ? signals_after_exec(helper) : LOST;
    say("# the new program answers %d", answer);

    check(is_same(answer, HANDLED), "a signal with a handler has its default action again");
    check(is_same(answer, IGNORED), "an ignored signal stays ignored");
    check(is_same(answer, DEFAULTED), "a signal with its default action keeps it");
    check(is_same(answer, MASK), "the signal mask stays");
    check(is_same(answer, PENDING), "a pending signal stays pending");
    check(is_same(answer, ALARM), "the alarm goes on");
    return done();
}
