/*
 * exec_bss_check: exits with ARRIVED when its BSS is zero and its data is as compiled, then, after it has overwritten
 * both, executes itself again as often as its argument says.
 * Helper of exec_bss_test.
 *
 * The sizes are odd so that the end of the data and the beginning of the BSS share a page, whose rest the kernel must
 * clear itself, and the BSS goes on for many pages of its own.
 */
#include "launch.h"

enum { DATA_SIZE = 5003, BSS_SIZE = 300007 };

static volatile unsigned char data[DATA_SIZE] = {[0] = 1, [DATA_SIZE / 2] = 2, [DATA_SIZE - 1] = 3};
static volatile unsigned char bss[BSS_SIZE];

static int data_is_fresh(void)
{
    unsigned sum = 0;
    for (int index = 0; index < DATA_SIZE; index++)
        sum += data[index];
    return sum == 6 && data[0] == 1 && data[DATA_SIZE / 2] == 2 && data[DATA_SIZE - 1] == 3;
}

static int bss_is_zero(void)
{
    for (int index = 0; index < BSS_SIZE; index++)
        if (bss[index])
            return 0;
    return 1;
}

int main(int argc, char *argv[])
{
    if (argc != 2)
        return 1;
    if (!data_is_fresh())
        return 2;
    if (!bss_is_zero())
        return 3;

    for (int index = 0; index < DATA_SIZE; index++)
        data[index] = 0xaa;
    for (int index = 0; index < BSS_SIZE; index++)
        bss[index] = 0x55;
    if (argv[1][0] == '0')
        return ARRIVED;
    char fewer[2] = {(char)(argv[1][0] - 1), '\0'};
    char *arguments[] = {argv[0], fewer, NULL};
    char *no_environment[] = {NULL};
    execve(argv[0], arguments, no_environment);
    return 4;
}
