/*
 * Helper of vfork_test: exits with the number it is given.
 */
#include <stdlib.h>

int main(int argc, char **argv)
{
    return argc == 2 ? atoi(argv[1]) : 1;
}
