/* Making files to be executed. */
#ifndef TWINBOOT_COPY_H
#define TWINBOOT_COPY_H

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Makes `path` anew with these bytes and exactly this mode. Returns whether that worked. */
__attribute__((unused)) static int write_file(const char *path, const char *bytes, size_t length, mode_t mode)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0)
        return 0;
    int written = write(file, bytes, length) == (ssize_t)length && fchmod(file, mode) == 0;
    return close(file) == 0 && written;
}

/* Copies `from` to a new file `to` with exactly this mode. Returns whether that worked. */
__attribute__((unused)) static int copy_file(const char *from, const char *to, mode_t mode)
{
    static char block[4096];
    int source = open(from, O_RDONLY);
    int target = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    int copied = source >= 0 && target >= 0;
    ssize_t length = 0;
    while (copied && (length = read(source, block, sizeof block)) > 0)
        copied = write(target, block, length) == length;
    copied = copied && length == 0 && fchmod(target, mode) == 0;
    if (source >= 0)
        close(source);
    if (target >= 0)
        close(target);
    return copied;
}

#endif
