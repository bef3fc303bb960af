/*
 * signal_status_test: a wait status tells an exit, a death by signal, a stop and a continuation apart.
 * Sabotage: fork
 */
#include "../signals/child.h"

static int own_signal;

static int exits_with_signal_number(void)
{
    return SIGTERM;
}

/* What a shell would report for a death by SIGTERM. */
static int exits_143(void)
{
    return 128 + SIGTERM;
}

static int kills_itself(void)
{
    signal(own_signal, SIG_DFL);
    kill(getpid(), own_signal);
    return 7;
}

static int holds(void)
{
    tell('r');
    hold();
    return 5;
}

static int only(int status, int is_exit, int is_death, int is_stop, int is_continuation)
{
    if (status == -1)
        return 0;
    int right = (WIFEXITED(status) ? 1 : 0) == is_exit && (WIFSIGNALED(status) ? 1 : 0) == is_death
             && (WIFSTOPPED(status) ? 1 : 0) == is_stop && (WIFCONTINUED(status) ? 1 : 0) == is_continuation;
    if (!right)
        say_status(status);
    return right;
}

static int run(int (*body)(void))
{
    struct child child = start(body);
    return finish(&child);
}

static int every_death_is_told(void)
{
    static const int signals[] = { SIGHUP, SIGINT, SIGKILL, SIGUSR1, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGVTALRM };
    int right = 1;
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) {
        own_signal = signals[i];
        int status = run(kills_itself);
        right &= only(status, 0, 1, 0, 0) && killed(status, own_signal);
    }
    return right;
}

int main(void)
{
    plan(6);
    int status = run(exits_with_signal_number);
    check(only(status, 1, 0, 0, 0) && exited(status, SIGTERM), "exit status 15 is not SIGTERM");
    status = run(exits_143);
    check(only(status, 1, 0, 0, 0) && exited(status, 143), "exit status 143 is not SIGTERM either");
    check(every_death_is_told(), "nine signals are each told as the cause of death");

    struct child child = start(holds);
    hear(&child);
    kill(child.pid, SIGSTOP);
    status = changes(child.pid, WUNTRACED);
    check(only(status, 0, 0, 1, 0) && stopped(status, SIGSTOP), "a stop is only a stop");
    kill(child.pid, SIGCONT);
    status = changes(child.pid, WCONTINUED);
    check(only(status, 0, 0, 0, 1), "a continuation is only that");
    check(exited(finish(&child), 5), "its end comes last");
    return done();
}
