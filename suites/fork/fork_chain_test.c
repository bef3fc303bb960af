/*
 * fork_chain_test: each child forks the next, 50 deep, and the answer comes back through all of them.
 * Sabotage: fork
 */
#include <sys/wait.h>

#include "check.h"

enum { DEPTH = 50, BROKEN = 255 };

static int generation;
static pid_t ancestors[DEPTH + 1];

/* Whether this process is a new one whose parent is the last ancestor. */
static int descends(void)
{
    for (int i = 0; i < generation; i++)
        if (ancestors[i] == getpid())
            return 0;
    return generation == 0 || getppid() == ancestors[generation - 1];
}

/* The number of generations from this one to the last, or BROKEN. */
static int chain(int depth)
{
    int status;
    if (!descends())
        return BROKEN;
    if (depth == 0)
        return 1;
    ancestors[generation] = getpid();
    pid_t child = fork();
    if (child == 0) {
        generation++;
        _exit(chain(depth - 1));
    }
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) == BROKEN)
        return BROKEN;
    return WEXITSTATUS(status) + 1;
}

/* A tree instead: every process forks at each of four levels, so 16 leaves answer. */
static int tree(int levels)
{
    int leaves = 0, status;
    pid_t children[2];
    if (levels == 0)
        return 1;
    for (int i = 0; i < 2; i++) {
        children[i] = fork();
        if (children[i] == 0)
            _exit(tree(levels - 1));
    }
    for (int i = 0; i < 2; i++)
        if (children[i] > 0 && waitpid(children[i], &status, 0) == children[i] && WIFEXITED(status))
            leaves += WEXITSTATUS(status);
    return leaves;
}

int main(void)
{
    pid_t self = getpid();
    plan(3);
    int generations = chain(DEPTH);
    check(generations == DEPTH + 1, "50 generations, each the child of the one before");
    check(getpid() == self && generation == 0, "the first of them is as it was");
    check(tree(4) == 16, "a tree of four levels has 16 leaves");
    return done();
}
