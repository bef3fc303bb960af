/*
 * exec_check: exits with the number in its last argument, or with ARRIVED (42) when that is not a number.
 * Helper of exec_file_test, exec_script_test and others, as a program that is certainly not the caller's own image.
 */
#include "launch.h"

int main(int argc, char *argv[])
{
    int status = argc > 1 ? atoi(argv[argc - 1]) : 0;
    return status > 0 ? status : ARRIVED;
}
