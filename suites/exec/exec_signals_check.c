/*
 * exec_signals_check: answers which of its signals are not as exec_signals_test left them for a new program.
 * Helper of exec_signals_test.
 */
#include <signal.h>

#include "exec_signals.h"
#include "launch.h"

static int action_is(int number, void (*handler)(int))
{
    struct sigaction action;
    return sigaction(number, NULL, &action) == 0 && action.sa_handler == handler;
}

int main(void)
{
    sigset_t blocked, pending;
    int answer = COMPARED;
    if (!action_is(SIGUSR1, SIG_DFL))
        answer |= HANDLED;
    if (!action_is(SIGHUP, SIG_IGN))
        answer |= IGNORED;
    if (!action_is(SIGTERM, SIG_DFL))
        answer |= DEFAULTED;
    if (sigprocmask(SIG_SETMASK, NULL, &blocked) != 0 || sigismember(&blocked, SIGUSR2) != 1
        || sigismember(&blocked, SIGTERM) != 0)
        answer |= MASK;
    if (sigpending(&pending) != 0 || sigismember(&pending, SIGUSR2) != 1)
        answer |= PENDING;
    if (alarm(0) == 0)
        answer |= ALARM;
    return answer;
}
