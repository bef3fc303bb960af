/*
 * exec_descriptors_check OPEN CLOSED: exits with ARRIVED when the descriptors named by OPEN are open and those by
 * CLOSED are not. Each is a list of single digits, such as 457.
 * Helper of cloexec_test and exec_state_test.
 */
#include <fcntl.h>

#include "launch.h"

static int all(const char *digits, int expected)
{
    for (; *digits; digits++)
        if ((fcntl(*digits - '0', F_GETFD) >= 0) != expected)
            return 0;
    return 1;
}

int main(int argc, char *argv[])
{
    return argc == 3 && all(argv[1], 1) && all(argv[2], 0) ? ARRIVED : 1;
}
