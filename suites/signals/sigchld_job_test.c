/*
 * sigchld_job_test: a parent learns that its child stopped and went on, by waitpid() and by SIGCHLD.
 * Sabotage: fork
 */
#include "handle.h"

static volatile sig_atomic_t calls;
static siginfo_t info;

static void on_child(int sig, siginfo_t *about, void *context)
{
    (void)sig;
    (void)context;
    info = *about;
    calls++;
}

static int holds(void)
{
    tell('r');
    hold();
    return 7;
}

/* Stopped, it cannot answer. */
static int echoes(void)
{
    for (;;) {
        hold();
        tell('e');
    }
}

static int stop_is_reported_only_on_request(void)
{
    struct child child = start(holds);
    int status;
    hear(&child);
    kill(child.pid, SIGSTOP);
    int on_request = stopped(changes(child.pid, WUNTRACED), SIGSTOP);
    int only_once = waitpid(child.pid, &status, WUNTRACED | WNOHANG) == 0;
    kill(child.pid, SIGCONT);
    int unasked = waitpid(child.pid, &status, WNOHANG) == 0;
    put_down(&child);
    return on_request && only_once && unasked;
}

static int stopped_child_stands_still(void)
{
    struct child child = start(echoes);
    let_go(&child);
    int answered = hear(&child) == 'e';
    kill(child.pid, SIGSTOP);
    int is_stopped = stopped(changes(child.pid, WUNTRACED), SIGSTOP);
    let_go(&child);
    for (int naps = 0; naps < 10; naps++)
        nap();
    kill(child.pid, SIGKILL); /* It ends without having gone on, so it never answered. */
    int stood_still = hear(&child) == -1;
    put_down(&child);
    return answered && is_stopped && stood_still;
}

static int continues(void)
{
    struct child child = start(holds);
    hear(&child);
    kill(child.pid, SIGSTOP);
    int is_stopped = stopped(changes(child.pid, WUNTRACED), SIGSTOP);
    kill(child.pid, SIGCONT);
    int status = changes(child.pid, WCONTINUED);
    int is_continued = status != -1 && WIFCONTINUED(status);
    return exited(finish(&child), 7) && is_stopped && is_continued;
}

static int tells(const struct child *child, int code)
{
    return arrives(&calls, 1) && info.si_pid == child->pid && info.si_code == code;
}

int main(void)
{
    int status;
    plan(7);
    check(stop_is_reported_only_on_request(), "WUNTRACED reports a stopped child, once");
    check(stopped_child_stands_still(), "a stopped child does not run");
    check(continues(), "WCONTINUED reports that it goes on, and it does");

    struct child child = start(holds);
    hear(&child);
    handle_info(SIGCHLD, on_child, 0);
    kill(child.pid, SIGSTOP);
    check(tells(&child, CLD_STOPPED) && info.si_status == SIGSTOP, "a stop sends SIGCHLD with CLD_STOPPED");
    changes(child.pid, WUNTRACED);
    calls = 0;
    kill(child.pid, SIGCONT);
    check(tells(&child, CLD_CONTINUED), "going on sends SIGCHLD with CLD_CONTINUED");
    changes(child.pid, WCONTINUED);

    handle_info(SIGCHLD, on_child, SA_NOCLDSTOP);
    calls = 0;
    kill(child.pid, SIGSTOP);
    status = changes(child.pid, WUNTRACED);
    kill(child.pid, SIGCONT);
    changes(child.pid, WCONTINUED);
    check(stopped(status, SIGSTOP) && calls == 0, "SA_NOCLDSTOP keeps SIGCHLD for the end");
    let_go(&child);
    check(tells(&child, CLD_EXITED), "the end sends SIGCHLD nevertheless");
    finish(&child);
    return done();
}
