/*
 * stat_test: stat tells type, mode, size and links of a file, the same by path and by descriptor.
 * Wrong figures in every subtest usually mean that the layout of struct stat is another architecture's.
 * Sabotage: stat
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "check.h"

int main(void)
{
    struct stat by_path, by_descriptor, linked;
    int ends[2];
    plan(9);
    memset(&by_path, 0xff, sizeof by_path);
    mode_t mask = umask(022);
    int file = open("stat_file", O_RDWR | O_CREAT | O_TRUNC, 0666);
    check(file >= 0 && write(file, "twelve bytes", 12) == 12 && stat("stat_file", &by_path) == 0
              && S_ISREG(by_path.st_mode) && by_path.st_size == 12 && by_path.st_nlink == 1,
          "a file tells its type, size and one link");
    check((by_path.st_mode & 07777) == 0644, "its mode is what was asked for, less the umask");
    check(by_path.st_uid == geteuid() && by_path.st_blksize > 0, "its owner is who made it");
    check(fstat(file, &by_descriptor) == 0 && by_descriptor.st_ino == by_path.st_ino
              && by_descriptor.st_dev == by_path.st_dev && by_descriptor.st_size == 12,
          "the descriptor leads to the same");
    check(link("stat_file", "stat_link") == 0 && stat("stat_link", &linked) == 0 && linked.st_ino == by_path.st_ino
              && linked.st_nlink == 2,
          "a second link leads to the same, which has two");
    check(symlink("stat_file", "stat_symlink") == 0 && lstat("stat_symlink", &linked) == 0 && S_ISLNK(linked.st_mode)
              && linked.st_size == 9 && stat("stat_symlink", &linked) == 0 && linked.st_ino == by_path.st_ino,
          "lstat sees a symbolic link, stat what it leads to");
    check(chmod("stat_file", 0751) == 0 && fstat(file, &by_descriptor) == 0 && (by_descriptor.st_mode & 07777) == 0751
              && fchmod(file, 04600) == 0 && stat("stat_file", &by_path) == 0 && (by_path.st_mode & 07777) == 04600,
          "chmod and fchmod change the mode");
    check(stat(".", &linked) == 0 && S_ISDIR(linked.st_mode) && pipe(ends) == 0 && fstat(ends[0], &linked) == 0
              && S_ISFIFO(linked.st_mode) && stat("/dev/null", &linked) == 0 && S_ISCHR(linked.st_mode),
          "a directory, a pipe and a device tell their types");
    check(stat("stat_missing", &linked) == -1 && errno == ENOENT && stat("stat_file/below", &linked) == -1
              && errno == ENOTDIR && fstat(1000, &linked) == -1 && errno == EBADF,
          "what is not there is ENOENT, ENOTDIR or EBADF");
    umask(mask);
    close(file);
    unlink("stat_file");
    unlink("stat_link");
    unlink("stat_symlink");
    return done();
}
