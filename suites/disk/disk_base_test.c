/*
 * disk_base_test: the files that the disk came with read as they were written elsewhere.
 * A failure here with all other disk tests passing means that the driver or the filesystem agrees with itself only:
 * wrong sector numbers, byte order, or block size.
 * Sabotage: pread
 */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "check.h"
#include "content.h"
#include "place.h"

static const char hello[] = "hello from the base image\n";

static off_t size_of(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) ? status.st_size : -1;
}

/* The number of entries in a directory but . and .., -1 where it cannot be read. */
static int count_entries(const char *path)
{
    DIR *directory = opendir(path);
    int count = 0;
    if (!directory)
        return -1;
    for (struct dirent *entry; (entry = readdir(directory));)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(directory);
    return count;
}

int main(int argc, char *argv[])
{
    char bytes[sizeof hello];
    plan(6);
    check(enter_disk(argc, argv), "the disk is mounted");

    int file = open("hello.txt", O_RDONLY);
    check(file >= 0 && pread(file, bytes, sizeof bytes, 0) == (ssize_t)strlen(hello)
              && memcmp(bytes, hello, strlen(hello)) == 0,
          "hello.txt holds its line");
    close(file);

    check(count_entries("base") == 3, "the directory base holds three files");
    file = open("base/a", O_RDONLY);
    check(file >= 0 && size_of("base/a") == 1 && pread(file, bytes, sizeof bytes, 0) == 1, "base/a is one byte long");
    close(file);
    file = open("base/b", O_RDONLY);
    check(file >= 0 && size_of("base/b") == 4096 && is_filled(file, 0, 4096, 'b'),
          "base/b is one block of the letter b");
    close(file);
    file = open("base/c", O_RDONLY);
    check(file >= 0 && size_of("base/c") == 1024 * 1024 && has_content(file, 0, 1024 * 1024, 0),
          "base/c is a megabyte, every byte in its place");
    close(file);
    return done();
}
