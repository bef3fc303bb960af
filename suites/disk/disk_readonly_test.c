/*
 * disk_readonly_test: a filesystem that is mounted read-only can be read, and every change is EROFS.
 * A kernel that lets a change through to its cache tells the program that all is well and then loses it.
 * Sabotage: open
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "check.h"
#include "place.h"

static int refused(int result)
{
    return result == -1 && errno == EROFS;
}

int main(int argc, char *argv[])
{
    char bytes[8];
    plan(8);
    check(enter_disk(argc, argv), "the disk is mounted");
    int file = open("hello.txt", O_RDONLY);
    check(file >= 0 && read(file, bytes, 5) == 5 && memcmp(bytes, "hello", 5) == 0, "a file is read");
    check(refused(open("readonly_new", O_WRONLY | O_CREAT, 0600)) && refused(mkdir("readonly_new", 0700))
              && refused(symlink("hello.txt", "readonly_new")) && refused(link("hello.txt", "readonly_new")),
          "nothing is made");
    check(refused(open("hello.txt", O_WRONLY)) && refused(open("hello.txt", O_RDWR))
              && refused(access("hello.txt", W_OK)),
          "a file is not opened for writing");
    check(refused(truncate("hello.txt", 0)) && refused(open("hello.txt", O_RDONLY | O_TRUNC)), "nor cut off");
    check(refused(unlink("hello.txt")) && refused(rename("hello.txt", "readonly_new")) && refused(rmdir("base")),
          "nothing is deleted or renamed");
    check(refused(chmod("hello.txt", 0777)) && refused(fchmod(file, 0777))
              && refused(utimensat(AT_FDCWD, "hello.txt", NULL, 0)),
          "neither mode nor times are changed");
    check(file >= 0 && lseek(file, 0, SEEK_SET) == 0 && read(file, bytes, 5) == 5 && memcmp(bytes, "hello", 5) == 0
              && access("readonly_new", F_OK) == -1 && errno == ENOENT,
          "all is as it was");
    close(file);
    return done();
}
