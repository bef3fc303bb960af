/*
 * job_control_test: what a shell needs of a terminal to run jobs in the foreground and in the background.
 * All of it happens in a child that leads a session on a pseudo-terminal, and tells the results one by one.
 * Sabotage: setsid
 */
#include <sys/types.h>

#include "handle.h"
#include "terminal.h"

static int master;
static int terminal;

/* The jobs of the session: each is a process group of its own. */
static void be_a_job(void)
{
    setpgid(0, 0);
    handle(SIGTTIN, SIG_DFL, 0);
    handle(SIGTTOU, SIG_DFL, 0);
    handle(SIGTSTP, SIG_DFL, 0);
}

static int reads(void)
{
    char line[2] = "";
    be_a_job();
    return read(terminal, line, sizeof line) == 2 && line[0] == 'x' ? 0 : 7;
}

static int reads_ignoring_SIGTTIN(void)
{
    char line[2];
    be_a_job();
    handle(SIGTTIN, SIG_IGN, 0);
    return read(terminal, line, sizeof line) == -1 && errno == EIO ? 0 : 7;
}

static int writes(void)
{
    be_a_job();
    return write(terminal, "y", 1) == 1 ? 0 : 7;
}

static int takes_foreground(void)
{
    be_a_job();
    tcsetpgrp(terminal, getpid());
    return 7;
}

static int holds(void)
{
    be_a_job();
    tell('r');
    hold();
    return 7;
}

static void set_tostop(int on)
{
    struct termios settings;
    tcgetattr(terminal, &settings);
    settings.c_lflag = on ? settings.c_lflag | TOSTOP : settings.c_lflag & ~TOSTOP;
    tcsetattr(terminal, TCSANOW, &settings);
}

static int stops_by(int (*body)(void), int sig)
{
    struct child job = start(body);
    int status = changes(job.pid, WUNTRACED);
    put_down(&job);
    return stopped(status, sig);
}

/* Ends by itself with 0, whatever it is that stops it otherwise. */
static int runs_through(int (*body)(void))
{
    struct child job = start(body);
    int status = changes(job.pid, WUNTRACED);
    put_down(&job);
    return exited(status, 0);
}

/* Stopped for reading in the background, a job reads once it is in the foreground. */
static int reads_in_foreground(void)
{
    struct child job = start(reads);
    int was_stopped = stopped(changes(job.pid, WUNTRACED), SIGTTIN);
    int moved = tcsetpgrp(terminal, job.pid) == 0 && tcgetpgrp(terminal) == job.pid;
    kill(-job.pid, SIGCONT);
    write(master, "x\n", 2);
    int status = changes(job.pid, 0);
    tcsetpgrp(terminal, getpgrp());
    put_down(&job);
    return was_stopped && moved && exited(status, 0);
}

static int stops_by_key(void)
{
    struct child job = start(holds);
    hear(&job);
    tcsetpgrp(terminal, job.pid);
    write_byte(master, 'Z' - '@');
    int status = changes(job.pid, WUNTRACED);
    tcsetpgrp(terminal, getpgrp());
    put_down(&job);
    return stopped(status, SIGTSTP);
}

static int refuses_other_session(void)
{
    errno = 0;
    return tcsetpgrp(terminal, getppid()) == -1 && errno == EPERM;
}

static int leads_session(void)
{
    terminal = take_terminal(master);
    if (terminal < 0)
        return 8;
    handle(SIGTTOU, SIG_IGN, 0); /* As shells do, to move jobs while in the background themselves. */
    tell(tcgetpgrp(terminal) == getpgrp());
    tell(stops_by(reads, SIGTTIN));
    tell(reads_in_foreground());
    tell(runs_through(reads_ignoring_SIGTTIN));
    tell(runs_through(writes));
    set_tostop(1);
    tell(stops_by(writes, SIGTTOU));
    set_tostop(0);
    tell(stops_by(takes_foreground, SIGTTOU));
    tell(stops_by_key());
    tell(refuses_other_session());
    return 0;
}

int main(void)
{
    static const char *const names[] = {
        "a session leader's group is in the foreground",
        "reading in the background stops by SIGTTIN",
        "tcsetpgrp() brings a job to the foreground, where it reads",
        "reading in the background fails with EIO when SIGTTIN is ignored",
        "writing in the background is allowed without TOSTOP",
        "writing in the background stops by SIGTTOU with TOSTOP",
        "tcsetpgrp() in the background stops by SIGTTOU",
        "^Z stops the foreground job by SIGTSTP",
        "tcsetpgrp() refuses a group of another session",
    };
    int count = sizeof names / sizeof *names;
    plan(count);
    master = open_master();
    if (master < 0) {
        for (int i = 0; i < count; i++)
            skip(names[i], "no pseudo-terminals");
        return done();
    }
    struct child leader = start(leads_session);
    for (int i = 0; i < count; i++)
        check(hear(&leader) == 1, names[i]);
    put_down(&leader);
    return done();
}
