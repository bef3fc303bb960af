/*
 * exit_status_test: the low eight bits of an exit status reach the parent, whichever way the process exits.
 * Sabotage: waitpid
 */
#include <stdlib.h>

#include "../signals/child.h"

static int code;

static int exits_with_code(void)
{
    _exit(code);
}

static void first_handler(void)
{
    tell('1');
}

static void second_handler(void)
{
    tell('2');
}

static int exits_through_handlers(void)
{
    if (atexit(first_handler) != 0 || atexit(second_handler) != 0)
        return 8;
    exit(9);
}

static int exits_past_handlers(void)
{
    atexit(first_handler);
    _exit(9);
}

static int status_arrives(int exit_code)
{
    code = exit_code;
    struct child child = start(exits_with_code);
    return exited(finish(&child), exit_code & 0xff);
}

static int all_arrive(void)
{
    int right = 1;
    for (int i = 0; i < 256; i++)
        right &= status_arrives(i);
    return right;
}

int main(void)
{
    plan(6);
    check(status_arrives(0), "0 arrives");
    check(status_arrives(1) && status_arrives(255), "1 and 255 arrive");
    check(all_arrive(), "every status from 0 to 255 arrives");
    check(status_arrives(256) && status_arrives(0x1234) && status_arrives(-1), "of others, the low eight bits");
    struct child child = start(exits_through_handlers);
    int second = hear(&child), first = hear(&child);
    check(exited(finish(&child), 9) && second == '2' && first == '1', "exit() runs the handlers, last one first");
    child = start(exits_past_handlers);
    int none = hear(&child) == -1;
    check(exited(finish(&child), 9) && none, "_exit() runs none");
    return done();
}
