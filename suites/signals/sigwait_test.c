/*
 * sigwait_test: sigwait() and its relatives take a blocked signal without running a handler.
 * Sabotage: sigwait
 */
#include "handle.h"

static volatile sig_atomic_t calls;
static pid_t target;

static void on_signal(int sig)
{
    (void)sig;
    calls++;
}

static int sends(void)
{
    hold();
    kill(target, SIGUSR1);
    return 0;
}

int main(void)
{
    int sig = 0;
    siginfo_t info;
    struct timespec moment = { .tv_nsec = 20 * 1000 * 1000 };
    sigset_t both = only(SIGUSR1);
    plan(8);
    sigaddset(&both, SIGUSR2);
    target = getpid();
    handle(SIGUSR1, on_signal, 0);
    handle(SIGUSR2, on_signal, 0);
    sigprocmask(SIG_BLOCK, &both, NULL);

    kill(target, SIGUSR1);
    check(sigwait(&both, &sig) == 0 && sig == SIGUSR1, "sigwait() takes a pending signal");
    check(!is_pending(SIGUSR1) && calls == 0, "the signal is taken and its handler not run");
    if (sig == 0)
        return 1; /* It does not wait: the rest would prove nothing. */

    struct child child = start(sends);
    let_go(&child);
    sig = 0;
    check(sigwait(&both, &sig) == 0 && sig == SIGUSR1, "sigwait() waits for a signal from a child");
    finish(&child);

    kill(target, SIGUSR2);
    memset(&info, 0, sizeof info);
    check(sigwaitinfo(&both, &info) == SIGUSR2 && info.si_signo == SIGUSR2, "sigwaitinfo() returns the signal");
    check(info.si_code == SI_USER && info.si_pid == target, "sigwaitinfo() tells who sent it");

    errno = 0;
    check(sigtimedwait(&both, &info, &moment) == -1 && errno == EAGAIN, "sigtimedwait() gives up with EAGAIN");
    kill(target, SIGUSR1);
    kill(target, SIGUSR2);
    sigset_t second = only(SIGUSR2);
    moment.tv_sec = 60;
    check(sigtimedwait(&second, &info, &moment) == SIGUSR2, "it takes only what it is asked for");
    sigprocmask(SIG_UNBLOCK, &both, NULL);
    check(calls == 1, "the other signal is delivered when unblocked");
    return done();
}
