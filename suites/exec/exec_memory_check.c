/*
 * exec_memory_check ADDRESS: exits with ARRIVED when nothing of exec_memory_test can be read at this address, which is
 * hexadecimal.
 * Helper of exec_memory_test.
 */
#include <fcntl.h>

#include "launch.h"
#include "secret.h"

int main(int argc, char *argv[])
{
    char seen[sizeof SECRET];
    int ends[2];
    if (argc != 2 || pipe(ends) != 0)
        return 1;

    /* The kernel reads the address for us, and so an address where nothing is mapped is an error and not a crash. */
    ssize_t wrote = write(ends[1], (const char *)strtoul(argv[1], NULL, 16), sizeof seen);
    if (wrote < 0)
        return errno == EFAULT ? ARRIVED : 2;
    if (read(ends[0], seen, (size_t)wrote) != wrote)
        return 3;
    return memcmp(seen, SECRET, (size_t)wrote) == 0 ? 4 : ARRIVED;
}
