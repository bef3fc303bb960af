/*
 * exec_state_check PID PARENT GROUP UMASK DIRECTORY: answers which of these the process does not have, and whether
 * descriptor 9 stands at offset 5.
 * Helper of exec_state_test.
 */
#include <sys/stat.h>

#include "exec_state.h"
#include "launch.h"

int main(int argc, char *argv[])
{
    char directory[PATH_SIZE];
    int answer = COMPARED;
    if (argc != 6)
        return 1;
    if (getpid() != atoi(argv[1]))
        answer |= PROCESS_ID;
    if (getppid() != atoi(argv[2]))
        answer |= PARENT_ID;
    if (getpgrp() != atoi(argv[3]))
        answer |= GROUP_ID;
    if ((int)umask(0) != atoi(argv[4]))
        answer |= MODE_MASK;
    if (!getcwd(directory, sizeof directory) || strcmp(directory, argv[5]) != 0)
        answer |= DIRECTORY;
    if (lseek(9, 0, SEEK_CUR) != 5)
        answer |= OFFSET;
    return answer;
}
