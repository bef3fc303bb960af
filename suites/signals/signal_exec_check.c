/*
 * Helper of signal_exec_test: exits with 0 when it finds its signals as its argument says.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

static int action_is(void (*expected)(int))
{
    struct sigaction action;
    return sigaction(SIGUSR1, NULL, &action) == 0 && action.sa_handler == expected;
}

static int is_blocked(void)
{
    sigset_t mask;
    sigemptyset(&mask);
    return sigprocmask(SIG_BLOCK, NULL, &mask) == 0 && sigismember(&mask, SIGUSR1) == 1;
}

static int nothing_is_blocked(void)
{
    sigset_t mask;
    sigfillset(&mask);
    return sigprocmask(SIG_BLOCK, NULL, &mask) == 0 && sigismember(&mask, SIGUSR1) == 0 && sigismember(&mask, SIGTERM) == 0;
}

static int is_pending(void)
{
    sigset_t pending;
    sigemptyset(&pending);
    return sigpending(&pending) == 0 && sigismember(&pending, SIGUSR1) == 1;
}

static int stack_is_disabled(void)
{
    stack_t stack = { 0 };
    return sigaltstack(NULL, &stack) == 0 && stack.ss_flags == SS_DISABLE;
}

static int is_so(const char *what)
{
    if (strcmp(what, "default") == 0)
        return action_is(SIG_DFL);
    if (strcmp(what, "ignored") == 0)
        return action_is(SIG_IGN);
    if (strcmp(what, "blocked") == 0)
        return is_blocked();
    if (strcmp(what, "unblocked") == 0)
        return nothing_is_blocked();
    if (strcmp(what, "pending") == 0)
        return is_pending();
    if (strcmp(what, "no-stack") == 0)
        return stack_is_disabled();
    if (strcmp(what, "alarm") == 0)
        return alarm(0) > 0;
    if (strcmp(what, "raise") == 0)
        return kill(getpid(), SIGUSR1) == 0;
    return 0;
}

int main(int argc, char **argv)
{
    return argc == 2 && is_so(argv[1]) ? 0 : 1;
}
