/*
 * signal_ignore_test: ignored signals do nothing at all, and some are ignored from the start.
 * Sabotage: kill
 */
#include "handle.h"

static volatile sig_atomic_t calls;

static void on_signal(int sig)
{
    (void)sig;
    calls++;
}

static int survives_ignored(void)
{
    static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGALRM, SIGTERM, SIGUSR1, SIGUSR2,
                                   SIGTSTP, SIGTTIN, SIGTTOU };
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) {
        handle(signals[i], SIG_IGN, 0);
        kill(getpid(), signals[i]);
    }
    return 0;
}

static int survives_by_default(void)
{
    handle(SIGCHLD, SIG_DFL, 0);
    handle(SIGURG, SIG_DFL, 0);
    handle(SIGCONT, SIG_DFL, 0);
    kill(getpid(), SIGCHLD);
    kill(getpid(), SIGURG);
    kill(getpid(), SIGCONT);
    return 0;
}

static int ends_by_default(int sig)
{
    pid_t pid = fork();
    if (pid == 0) {
        handle(sig, SIG_DFL, 0);
        unblock(sig);
        kill(getpid(), sig);
        _exit(7);
    }
    return pid > 0 && killed(reap(pid), sig);
}

static int each_ends_by_default(void)
{
    static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGUSR1, SIGSEGV,
                                   SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGSYS };
    int right = 1;
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++)
        right &= ends_by_default(signals[i]);
    return right;
}

int main(void)
{
    plan(6);
    check(each_ends_by_default(), "nineteen signals end a process by default");
    struct child child = start(survives_ignored);
    check(exited(finish(&child), 0), "ignored signals neither end nor stop a process");
    child = start(survives_by_default);
    check(exited(finish(&child), 0), "SIGCHLD, SIGURG and SIGCONT are ignored by default");

    handle(SIGUSR1, SIG_IGN, 0);
    kill(getpid(), SIGUSR1);
    handle(SIGUSR1, on_signal, 0);
    check(calls == 0, "an ignored signal is not kept for a later handler");
    block(SIGUSR1);
    kill(getpid(), SIGUSR1);
    int was_pending = is_pending(SIGUSR1);
    handle(SIGUSR1, SIG_IGN, 0);
    check(was_pending && !is_pending(SIGUSR1), "ignoring a signal discards a pending one");
    handle(SIGUSR1, on_signal, 0);
    unblock(SIGUSR1);
    check(was_pending && calls == 0, "it does not come back");
    return done();
}
