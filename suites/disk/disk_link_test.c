/*
 * disk_link_test: a file has as many names as links, and a symbolic link leads where it says.
 * Sabotage: link
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "check.h"
#include "place.h"

static char target[100];

static nlink_t links_of(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? status.st_nlink : 0;
}

static int is_same_file(const char *path, const char *other)
{
    struct stat one, two;
    return stat(path, &one) == 0 && stat(other, &two) == 0 && one.st_ino == two.st_ino && one.st_dev == two.st_dev;
}

static int leads_to(const char *path, const char *expected)
{
    ssize_t length = readlink(path, target, sizeof target);
    return length == (ssize_t)strlen(expected) && memcmp(target, expected, (size_t)length) == 0;
}

int main(int argc, char *argv[])
{
    struct stat status;
    char bytes[8];
    plan(8);
    if (!check(enter_disk(argc, argv), "the disk is mounted"))
        return done();
    int file = open("link_a", O_RDWR | O_CREAT | O_TRUNC, 0600);
    check(file >= 0 && link("link_a", "link_b") == 0 && is_same_file("link_a", "link_b") && links_of("link_a") == 2,
          "a second name leads to the same file");
    int other = open("link_b", O_RDONLY);
    check(write(file, "shared", 6) == 6 && read(other, bytes, 8) == 6 && memcmp(bytes, "shared", 6) == 0,
          "what is written by the one is read by the other");
    close(other);
    check(unlink("link_a") == 0 && links_of("link_b") == 1 && access("link_a", F_OK) == -1 && errno == ENOENT,
          "one name can go and the other stay");
    check(link("link_missing", "link_c") == -1 && errno == ENOENT && link("link_b", "link_b") == -1 && errno == EEXIST
              && links_of("link_b") == 1,
          "what cannot be linked is told");

    check(symlink("link_b", "link_s") == 0 && leads_to("link_s", "link_b") && is_same_file("link_s", "link_b"),
          "a symbolic link leads to the file");

    /* ext4 keeps up to 59 bytes in the inode and longer ones in a block. */
    static const char far[] = "a/path/that/is/longer/than/the/sixty/bytes/which/fit/into/the/inode/of/a/link";
    check(symlink(far, "link_t") == 0 && leads_to("link_t", far) && lstat("link_t", &status) == 0
              && S_ISLNK(status.st_mode) && stat("link_t", &status) == -1 && errno == ENOENT,
          "a long one to nowhere is kept as it is");
    check(symlink("link_v", "link_u") == 0 && symlink("link_u", "link_v") == 0 && open("link_u", O_RDONLY) == -1
              && errno == ELOOP && readlink("link_b", target, sizeof target) == -1 && errno == EINVAL,
          "a circle is ELOOP, and a plain file no link");
    close(file);
    unlink("link_b");
    unlink("link_s");
    unlink("link_t");
    unlink("link_u");
    unlink("link_v");
    return done();
}
