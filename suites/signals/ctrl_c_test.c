/*
 * ctrl_c_test: SIGINT ends a child, sent by kill() and typed as ^C on a terminal.
 * When only the subtests with a terminal fail, look at the line discipline: ISIG, the foreground process group, and who
 * owns the terminal.
 * Sabotage: kill
 */
#include "handle.h"
#include "terminal.h"

static int master;
static volatile sig_atomic_t interrupts;

static void on_interrupt(int sig)
{
    (void)sig;
    interrupts++;
}

static int holds(void)
{
    handle(SIGINT, SIG_DFL, 0);
    tell('r');
    hold();
    return 7;
}

static int handles(void)
{
    handle(SIGINT, on_interrupt, 0);
    tell('r');
    hold();
    return interrupts;
}

static int ignores(void)
{
    handle(SIGINT, SIG_IGN, 0);
    tell('r');
    hold();
    return 7;
}

static int interrupted(int (*body)(void))
{
    struct child child = start(body);
    hear(&child);
    kill(child.pid, SIGINT);
    return finish(&child);
}

static int owns_terminal(void)
{
    handle(SIGINT, SIG_DFL, 0);
    handle(SIGQUIT, SIG_DFL, 0);
    if (take_terminal(master) < 0)
        return 8;
    tell('r');
    hold();
    return 7;
}

static int reads_raw_terminal(void)
{
    struct termios settings;
    handle(SIGINT, SIG_DFL, 0);
    int terminal = take_terminal(master);
    if (terminal < 0 || tcgetattr(terminal, &settings) < 0)
        return 8;
    settings.c_lflag &= ~(ISIG | ICANON);
    if (tcsetattr(terminal, TCSANOW, &settings) < 0)
        return 9;
    tell('r');
    return read_byte(terminal) == 'C' - '@' ? 0 : 10;
}

/* Types one control character at a child; its wait status. What is typed arrives some time after write() returns. */
static int typed(int (*body)(void), char key)
{
    struct child child = start(body);
    int status = -1;
    if (hear(&child) == 'r') {
        write_byte(master, key - '@');
        status = changes(child.pid, 0);
    }
    if (status == -1)
        put_down(&child);
    else
        close_pipes(&child);
    return status;
}

static int on_new_terminal(int (*body)(void), char key)
{
    master = open_master();
    if (master < 0)
        return -1;
    int status = typed(body, key);
    close(master);
    return status;
}

int main(void)
{
    plan(6);
    check(killed(interrupted(holds), SIGINT), "SIGINT ends a child");
    check(exited(interrupted(handles), 1), "SIGINT runs a child's handler once");
    check(exited(interrupted(ignores), 7), "SIGINT spares a child that ignores it");
    int probe = open_master();
    if (probe < 0) {
        skip("^C ends the foreground process", "no pseudo-terminals");
        skip("^\\ ends the foreground process with SIGQUIT", "no pseudo-terminals");
        skip("^C is a plain byte without ISIG", "no pseudo-terminals");
        return done();
    }
    close(probe);
    check(killed(on_new_terminal(owns_terminal, 'C'), SIGINT), "^C ends the foreground process");
    check(killed(on_new_terminal(owns_terminal, '\\'), SIGQUIT), "^\\ ends the foreground process with SIGQUIT");
    check(exited(on_new_terminal(reads_raw_terminal, 'C'), 0), "^C is a plain byte without ISIG");
    return done();
}
