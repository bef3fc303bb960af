/*
 * disk_remount_test [write | verify] [DIRECTORY]: what was written is on the disk, and not in a cache alone.
 *
 * The first mode leaves files behind, the second finds and deletes them; between the two the disk is unmounted and
 * mounted again, which is for the shell to do. Only the second reports subtests. Without a mode both follow each other.
 * Sabotage: pwrite
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "check.h"
#include "content.h"
#include "place.h"

enum { SIZE = 2 * 1024 * 1024 + 77, SMALL_FILES = 50 };

static char name[64];

static const char *numbered(int number)
{
    snprintf(name, sizeof name, "kept/below/%d", number);
    return name;
}

static int make(const char *path, off_t size, int shift)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0640);
    if (file < 0)
        return 0;
    int written = write_content(file, 0, size, shift);
    return close(file) == 0 && written;
}

static int holds(const char *path, off_t size, int shift)
{
    struct stat status;
    int file = open(path, O_RDONLY);
    if (file < 0)
        return 0;
    int same = fstat(file, &status) == 0 && status.st_size == size && has_content(file, 0, size, shift);
    close(file);
    return same;
}

static int write_all(void)
{
    umask(0);
    int written = mkdir("kept", 0750) == 0 && mkdir("kept/below", 0700) == 0 && make("kept/large", SIZE, 11)
        && make("kept/old", 100, 12) && rename("kept/old", "kept/new") == 0 && link("kept/new", "kept/linked") == 0
        && symlink("large", "kept/symbolic") == 0 && make("kept/deleted", 5000, 13) && unlink("kept/deleted") == 0
        && make("kept/cut", 9000, 14) && truncate("kept/cut", 4097) == 0;
    for (int number = 0; written && number < SMALL_FILES; number++)
        written = make(numbered(number), number * 100, number);
    return written;
}

static void delete_all(void)
{
    static const char *const files[] = {"large", "new", "linked", "symbolic", "cut", "old", "deleted"};
    for (size_t index = 0; index < sizeof files / sizeof files[0]; index++) {
        snprintf(name, sizeof name, "kept/%s", files[index]);
        unlink(name);
    }
    for (int number = 0; number < SMALL_FILES; number++)
        unlink(numbered(number));
    rmdir("kept/below");
    rmdir("kept");
}

static int verify(int entered)
{
    struct stat status, linked;
    plan(7);
    check(entered, "the disk is mounted");
    check(holds("kept/large", SIZE, 11), "a file of two megabytes is there");
    int small = 0;
    while (small < SMALL_FILES && holds(numbered(small), small * 100, small))
        small++;
    check(small == SMALL_FILES, "fifty small files are there");
    check(holds("kept/new", 100, 12) && access("kept/old", F_OK) == -1 && errno == ENOENT,
          "a renamed file has its new name only");
    check(stat("kept/new", &status) == 0 && stat("kept/linked", &linked) == 0 && status.st_ino == linked.st_ino
              && status.st_nlink == 2 && holds("kept/symbolic", SIZE, 11),
          "links lead where they led");
    check(access("kept/deleted", F_OK) == -1 && errno == ENOENT && holds("kept/cut", 4097, 14),
          "a deleted file stays deleted and a cut one cut");
    check(stat("kept", &status) == 0 && S_ISDIR(status.st_mode) && (status.st_mode & 07777) == 0750
              && stat("kept/new", &status) == 0 && (status.st_mode & 07777) == 0640,
          "modes are kept");
    delete_all();
    return done();
}

int main(int argc, char *argv[])
{
    int only_write = argc > 1 && strcmp(argv[1], "write") == 0;
    int only_verify = argc > 1 && strcmp(argv[1], "verify") == 0;
    int named = only_write || only_verify;
    int entered = enter_disk(argc - named, argv + named);
    if (!only_verify && !(entered && write_all())) {
        int error = errno;
        say("# the files cannot be written: %s", strerror(error));
        if (only_write)
            return 1;
    }
    return only_write ? 0 : verify(entered);
}
