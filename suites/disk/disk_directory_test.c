/*
 * disk_directory_test: directories are made, listed and removed; a listing holds every entry once.
 * Entries lost or told twice in a long listing mean that the position in the directory is not kept between reads.
 * Sabotage: mkdir
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "check.h"
#include "place.h"

enum { ENTRIES = 500 };

static char name[64];

static const char *numbered(int number)
{
    snprintf(name, sizeof name, "listed/an_entry_with_a_longer_name_%d", number);
    return name;
}

static int make_many(void)
{
    for (int number = 0; number < ENTRIES; number++) {
        int file = open(numbered(number), O_WRONLY | O_CREAT, 0600);
        if (file < 0)
            return 0;
        close(file);
    }
    return 1;
}

/* Whether the listing holds each numbered entry, . and .. once and nothing else. */
static int lists_each_once(DIR *directory)
{
    static char seen[ENTRIES];
    int count = 0, dots = 0;
    memset(seen, 0, sizeof seen);
    for (struct dirent *entry; (entry = readdir(directory));) {
        const char *digits = strrchr(entry->d_name, '_');
        int number = digits ? atoi(digits + 1) : -1;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            dots++;
        else if (number < 0 || number >= ENTRIES || seen[number]++)
            return 0;
        else
            count++;
    }
    return count == ENTRIES && dots == 2;
}

int main(int argc, char *argv[])
{
    struct stat status;
    plan(8);
    if (!check(enter_disk(argc, argv), "the disk is mounted"))
        return done();
    umask(0);
    if (!check(mkdir("listed", 0750) == 0 && stat("listed", &status) == 0 && S_ISDIR(status.st_mode)
                   && (status.st_mode & 07777) == 0750,
               "a new directory has the mode asked for"))
        return done();
    check(mkdir("listed", 0700) == -1 && errno == EEXIST && mkdir("no_directory/below", 0700) == -1 && errno == ENOENT,
          "it is not made twice, nor below a missing one");
    check(make_many(), "five hundred files are made in it");
    DIR *directory = opendir("listed");
    check(directory && lists_each_once(directory), "a listing holds every entry once");
    if (directory)
        rewinddir(directory);
    check(directory && lists_each_once(directory), "a second one from the start does as well");
    if (directory)
        closedir(directory);
    check(rmdir("listed") == -1 && (errno == ENOTEMPTY || errno == EEXIST), "a directory with entries is not removed");

    int removed = 1;
    for (int number = 0; number < ENTRIES; number++)
        removed = unlink(numbered(number)) == 0 && removed;
    check(removed && rmdir("listed") == 0 && stat("listed", &status) == -1 && errno == ENOENT, "an empty one is");
    return done();
}
