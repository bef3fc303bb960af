/*
 * exec_many_test: one process executes two hundred programs in a row, and two hundred processes one each.
 * Every program of the row fills a megabyte. A kernel that does not free the old address space, its page tables or the
 * arguments runs out of memory here; one that leaks processes or descriptors runs out of those.
 * Sabotage: execve
 */
#include "check.h"
#include "launch.h"

static char *const no_environment[] = {NULL};

int main(int argc, char *argv[])
{
    char helper[PATH_SIZE];
    char *row[] = {helper, "200", NULL};
    char *once[] = {helper, "0", NULL};
    (void)argc;
    plan(3);
    check(locate(helper, argv[0], "exec_many_check"), "the helper program is installed");
    check(launch(helper, row, no_environment) == ARRIVED, "two hundred programs run in one process");
    int ran = 0;
    while (ran < 200 && launch(helper, once, no_environment) == ARRIVED)
        ran++;
    say("# %d processes ran", ran);
    check(ran == 200, "two hundred processes run one program each");
    return done();
}
