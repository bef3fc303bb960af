/*
 * Files with a known content: byte i is (i + shift) % 251. As 251 is prime, a block that is lost, doubled or swapped
 * with another never fits in its place.
 */
#ifndef TWINBOOT_CONTENT_H
#define TWINBOOT_CONTENT_H

#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { CONTENT_BLOCK = 16 * 1024 };

__attribute__((unused)) static void fill_content(char *bytes, size_t length, off_t place, int shift)
{
    for (size_t index = 0; index < length; index++)
        bytes[index] = (char)((place + (off_t)index + shift) % 251);
}

/* Writes bytes `from` to `to` of the content to their place in the file. Returns whether all were taken. */
__attribute__((unused)) static int write_content(int file, off_t from, off_t to, int shift)
{
    static char block[CONTENT_BLOCK];
    while (from < to) {
        size_t length = to - from < CONTENT_BLOCK ? (size_t)(to - from) : CONTENT_BLOCK;
        fill_content(block, length, from, shift);
        if (pwrite(file, block, length, from) != (ssize_t)length)
            return 0;
        from += (off_t)length;
    }
    return 1;
}

/* Whether bytes `from` to `to` of the file are the content. */
__attribute__((unused)) static int has_content(int file, off_t from, off_t to, int shift)
{
    static char block[CONTENT_BLOCK], expected[CONTENT_BLOCK];
    while (from < to) {
        size_t length = to - from < CONTENT_BLOCK ? (size_t)(to - from) : CONTENT_BLOCK;
        fill_content(expected, length, from, shift);
        if (pread(file, block, length, from) != (ssize_t)length || memcmp(block, expected, length) != 0)
            return 0;
        from += (off_t)length;
    }
    return 1;
}

/* Whether bytes `from` to `to` of the file are all this one. */
__attribute__((unused)) static int is_filled(int file, off_t from, off_t to, char byte)
{
    static char block[CONTENT_BLOCK];
    while (from < to) {
        size_t length = to - from < CONTENT_BLOCK ? (size_t)(to - from) : CONTENT_BLOCK;
        if (pread(file, block, length, from) != (ssize_t)length)
            return 0;
        for (size_t index = 0; index < length; index++)
            if (block[index] != byte)
                return 0;
        from += (off_t)length;
    }
    return 1;
}

#endif
