/*
 * exec_memory_test: nothing of the old program's memory is left in the new one.
 * A failure means that exec adds the new image to the old address space, or keeps stale translations in the TLB.
 * Sabotage: execve
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS, which POSIX has only since 2024. */
#include <sys/mman.h>

#include "check.h"
#include "launch.h"
#include "secret.h"

enum { REGION_SIZE = 1024 * 1024 };

static char *const no_environment[] = {NULL};

/* Maps a region that holds the secret from its beginning, or NULL. */
static char *map_secret(int sharing)
{
    char *region = mmap(NULL, REGION_SIZE, PROT_READ | PROT_WRITE, sharing | MAP_ANONYMOUS, -1, 0);
    if (region == MAP_FAILED)
        return NULL;
    return strcpy(region, SECRET);
}

static int is_gone(const char *helper, const char *address)
{
    char digits[32];
    char *arguments[] = {"exec_memory_check", digits, NULL};
    snprintf(digits, sizeof digits, "%lx", (unsigned long)address);
    return address && launch(helper, arguments, no_environment) == ARRIVED;
}

int main(int argc, char *argv[])
{
    char helper[PATH_SIZE];
    (void)argc;
    plan(5);
    check(locate(helper, argv[0], "exec_memory_check"), "the helper program is installed");
    char *private_region = map_secret(MAP_PRIVATE);
    check(is_gone(helper, private_region), "a private mapping is gone");
    char *shared_region = map_secret(MAP_SHARED);
    check(is_gone(helper, shared_region), "a shared mapping is gone");
    char *stack = strcpy((char[sizeof SECRET]){0}, SECRET);
    check(is_gone(helper, stack), "the old stack is gone");
    check(private_region && shared_region && strcmp(private_region, SECRET) == 0 && strcmp(shared_region, SECRET) == 0,
          "the parent's own mappings are untouched");
    return done();
}
