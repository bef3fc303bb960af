/*
 * A pseudo-terminal: the test program types on the master, a child has the other side as its controlling terminal.
 */
#ifndef TWINBOOT_TERMINAL_H
#define TWINBOOT_TERMINAL_H

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* Opens a master, or -1 when this system has no pseudo-terminals. */
static inline int open_master(void)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0)
        return -1;
    if (grantpt(master) < 0 || unlockpt(master) < 0 || ptsname(master) == NULL) {
        close(master);
        return -1;
    }
    return master;
}

/*
 * In a child: makes it the leader of a new session whose terminal belongs to master, with ^C, ^\ and ^Z as they are
 * everywhere. The terminal's descriptor, or -1.
 */
static inline int take_terminal(int master)
{
    struct termios settings;
    setsid();
    int terminal = open(ptsname(master), O_RDWR);
    if (terminal < 0)
        return -1;
#ifdef TIOCSCTTY
    /* Where opening a terminal is not enough to own it. */
    if (tcgetpgrp(terminal) < 0)
        ioctl(terminal, TIOCSCTTY, 0);
#endif
    if (tcgetpgrp(terminal) != getpid() || tcgetattr(terminal, &settings) < 0)
        return -1;
    settings.c_lflag |= ISIG | ICANON;
    settings.c_lflag &= ~(ECHO | TOSTOP);
    settings.c_cc[VINTR] = 'C' - '@';
    settings.c_cc[VQUIT] = '\\' - '@';
    settings.c_cc[VSUSP] = 'Z' - '@';
    return tcsetattr(terminal, TCSANOW, &settings) < 0 ? -1 : terminal;
}

#endif
