/*
 * Where the disk is mounted: every program here works in the directory of its first argument, /mnt without one.
 * The disk is known by its file hello.txt, for a bare mount point would pass most tests as well.
 */
#ifndef TWINBOOT_PLACE_H
#define TWINBOOT_PLACE_H

#include <unistd.h>

/* Makes the mount point the working directory. Returns whether that worked. */
__attribute__((unused)) static int enter_disk(int argc, char *argv[])
{
    return chdir(argc > 1 ? argv[1] : "/mnt") == 0 && access("hello.txt", R_OK) == 0;
}

#endif
