/*
 * exec_many_check COUNT: fills a megabyte and executes itself with COUNT - 1; at 0 exits with ARRIVED.
 * Helper of exec_many_test.
 */
#include <stdio.h>

#include "launch.h"

int main(int argc, char *argv[])
{
    enum { SIZE = 1024 * 1024 };
    char fewer[16];
    char *arguments[] = {argv[0], fewer, NULL};
    char *no_environment[] = {NULL};
    int count = argc == 2 ? atoi(argv[1]) : -1;
    volatile char *memory = malloc(SIZE);
    if (count < 0 || !memory)
        return 1;
    for (int index = 0; index < SIZE; index += 1024)
        memory[index] = 1;
    if (count == 0)
        return ARRIVED;
    snprintf(fewer, sizeof fewer, "%d", count - 1);
    execve(argv[0], arguments, no_environment);
    return 2;
}
