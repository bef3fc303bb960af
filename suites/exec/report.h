/*
 * What a program was started with, as bytes that the starter can compare with what it meant.
 *
 * A list of strings is written as '+', the string and its NUL for each, then one '-': no two lists look alike, whatever
 * the strings hold. exec_report_check writes its argument list, then its environment.
 */
#ifndef TWINBOOT_REPORT_H
#define TWINBOOT_REPORT_H

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "launch.h"

enum { REPORT_SIZE = 256 * 1024 };

/* Appends a list to `bytes`, which holds `length` already. Returns the new length, REPORT_SIZE when it does not fit. */
__attribute__((unused)) static size_t append_list(char bytes[REPORT_SIZE], size_t length, char *const list[])
{
    for (; *list; list++) {
        size_t size = strlen(*list) + 1;
        if (length + size + 2 >= REPORT_SIZE)
            return REPORT_SIZE;
        bytes[length++] = '+';
        memcpy(bytes + length, *list, size);
        length += size;
    }
    if (length < REPORT_SIZE)
        bytes[length++] = '-';
    return length;
}

/*
 * Starts `path` with these arguments and environment in a child whose standard output is a file, and returns whether
 * it reported the expected lists and then exited with ARRIVED.
 */
__attribute__((unused)) static int reports(const char *path, char *const argv[], char *const envp[],
                                           char *const expected_argv[], char *const expected_envp[])
{
    static char expected[REPORT_SIZE], reported[REPORT_SIZE];
    size_t length = append_list(expected, append_list(expected, 0, expected_argv), expected_envp);
    int file = open("exec_report", O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (file < 0)
        return 0;

    pid_t child = fork();
    if (child == 0) {
        if (dup2(file, STDOUT_FILENO) != STDOUT_FILENO)
            _exit(0);
        replace(path, argv, envp);
    }
    int arrived = await(child) == ARRIVED && lseek(file, 0, SEEK_SET) == 0;

    size_t got = 0;
    ssize_t more = 0;
    while (arrived && got < sizeof reported && (more = read(file, reported + got, sizeof reported - got)) > 0)
        got += (size_t)more;
    close(file);
    unlink("exec_report");
    return arrived && more == 0 && got == length && memcmp(expected, reported, length) == 0;
}

#endif
