/*
 * realtime_signal_test: real-time signals are queued, each with its value, the lowest number first.
 * When one of several arrives, they are kept as a bit like the others instead of in a queue.
 * Sabotage: sigqueue
 */
#include "handle.h"

enum { EACH = 5, SIGNALS = 3 };

static volatile sig_atomic_t calls;
static int numbers[EACH * SIGNALS];
static int values[EACH * SIGNALS];
static int codes[EACH * SIGNALS];

static void on_signal(int sig, siginfo_t *info, void *context)
{
    (void)context;
    if (calls < EACH * SIGNALS) {
        numbers[calls] = sig;
        values[calls] = info->si_value.sival_int;
        codes[calls] = info->si_code;
    }
    calls++;
}

static int queue(pid_t pid, int sig, int number)
{
    union sigval value = { .sival_int = number };
    return sigqueue(pid, sig, value);
}

static pid_t target;

static int queues_from_child(void)
{
    for (int i = 0; i < EACH; i++)
        if (queue(target, SIGRTMIN, 50 + i) < 0)
            return 7;
    return 0;
}

static int values_are(int first, int count)
{
    for (int i = 0; i < count; i++)
        if (values[i] != first + i)
            return 0;
    return 1;
}

int main(void)
{
    sigset_t set;
    int queued = 1;
    plan(9);
    target = getpid();
    check(SIGRTMAX - SIGRTMIN + 1 >= 8, "there are at least 8 real-time signals");
    sigemptyset(&set);
    for (int i = 0; i < SIGNALS; i++) {
        handle_info(SIGRTMIN + i, on_signal, 0);
        sigaddset(&set, SIGRTMIN + i);
    }
    sigprocmask(SIG_BLOCK, &set, NULL);

    for (int i = 0; i < EACH; i++)
        queued &= queue(target, SIGRTMIN, i) == 0;
    check(queued && calls == 0, "five of one signal can be queued");
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    check(calls == EACH, "five are delivered");
    check(calls == EACH && values_are(0, EACH), "they come in the order they were sent, with their values");
    check(codes[0] == SI_QUEUE, "si_code is SI_QUEUE");

    calls = 0;
    sigprocmask(SIG_BLOCK, &set, NULL);
    for (int i = 0; i < EACH; i++)
        for (int j = SIGNALS - 1; j >= 0; j--)
            queue(target, SIGRTMIN + j, i);
    /* Taken one by one: handlers of pending signals may nest, and then the last one delivered runs first. */
    int ordered = 1;
    for (int i = 0; i < EACH * SIGNALS; i++) {
        siginfo_t info;
        struct timespec none = { 0 };
        int sig = sigtimedwait(&set, &info, &none);
        ordered &= sig == SIGRTMIN + i / EACH && info.si_value.sival_int == i % EACH;
    }
    check(ordered, "the lowest signal comes first, each in its order");

    kill(target, SIGRTMIN);
    kill(target, SIGRTMIN);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    check(calls == 2, "kill() queues them as well");
    calls = 0;
    sigprocmask(SIG_BLOCK, &set, NULL);
    struct child child = start(queues_from_child);
    int sent = exited(finish(&child), 0);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    check(sent && calls == EACH && values_are(50, EACH), "a child's signals arrive complete after its end");
    errno = 0;
    check(queue(target, -1, 0) == -1 && errno == EINVAL, "sigqueue() refuses signal -1 with EINVAL");
    return done();
}
