/*
 * sa_siginfo_test: a handler with SA_SIGINFO is told who sent the signal and how.
 * Sabotage: sigaction
 */
#include <stdint.h>

#include "handle.h"

static volatile sig_atomic_t calls;
static volatile sig_atomic_t had_context;
static volatile sig_atomic_t number;
static siginfo_t info;
static pid_t target;

static void on_signal(int sig, siginfo_t *about, void *context)
{
    number = sig;
    info = *about;
    had_context = context != NULL;
    calls++;
}

static int sends(void)
{
    kill(target, SIGUSR1);
    return 0;
}

static int queues(void)
{
    union sigval value = { .sival_ptr = (void *)(uintptr_t)0x123456789abcdef0u };
    return sigqueue(target, SIGUSR1, value) == 0 ? 0 : 7;
}

int main(void)
{
    struct sigaction action;
    plan(8);
    target = getpid();
    handle_info(SIGUSR1, on_signal, 0);
    check(sigaction(SIGUSR1, NULL, &action) == 0 && action.sa_flags & SA_SIGINFO, "sigaction() tells SA_SIGINFO");
    kill(target, SIGUSR1);
    check(calls == 1 && number == SIGUSR1 && info.si_signo == SIGUSR1, "si_signo is the signal");
    check(info.si_code == SI_USER, "si_code of kill() is SI_USER");
    check(info.si_pid == target && info.si_uid == getuid(), "si_pid and si_uid are the sender's");
    check(had_context, "there is a context");

    struct child child = start(sends);
    finish(&child);
    check(calls == 2 && info.si_pid == child.pid, "si_pid of a child's kill() is the child");
    child = start(queues);
    int queued = exited(finish(&child), 0);
    check(queued && calls == 3 && info.si_code == SI_QUEUE && info.si_pid == child.pid, "si_code of sigqueue() is SI_QUEUE");
    check(info.si_value.sival_ptr == (void *)(uintptr_t)0x123456789abcdef0u, "si_value is all 64 bits of what was sent");
    return done();
}
