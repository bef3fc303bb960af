/*
 * disk_append_test: processes that append to one file at the same time lose nothing of each other.
 * Sabotage: waitpid
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "check.h"
#include "place.h"

enum { WRITERS = 4, RECORDS = 250, RECORD_SIZE = 61, KEPT_WORD = 42 };

/* Appends this writer's records: its letter all along, but the running number in the second and third byte. */
static int append_records(char letter)
{
    char record[RECORD_SIZE];
    int file = open("appended", O_WRONLY | O_APPEND);
    memset(record, letter, sizeof record);
    for (int number = 0; number < RECORDS; number++) {
        record[1] = (char)(number % 100);
        record[2] = (char)(number / 100);
        if (write(file, record, sizeof record) != sizeof record)
            return 0;
    }
    return close(file) == 0;
}

/* Whether the file holds every writer's records whole and in its order, however the writers follow each other. */
static int records_are_whole(int file)
{
    char record[RECORD_SIZE];
    int next[WRITERS] = {0};
    ssize_t length;
    while ((length = read(file, record, sizeof record)) == sizeof record) {
        int writer = record[0] - 'a';
        if (writer < 0 || writer >= WRITERS || record[1] + record[2] * 100 != next[writer]++)
            return 0;
        for (int index = 3; index < RECORD_SIZE; index++)
            if (record[index] != record[0])
                return 0;
    }
    for (int writer = 0; writer < WRITERS; writer++)
        if (next[writer] != RECORDS)
            return 0;
    return length == 0;
}

int main(int argc, char *argv[])
{
    struct stat status;
    plan(4);
    if (!check(enter_disk(argc, argv), "the disk is mounted"))
        return done();
    int file = open("appended", O_RDONLY | O_CREAT | O_TRUNC, 0600);
    pid_t writers[WRITERS];
    for (int index = 0; index < WRITERS; index++)
        if ((writers[index] = fork()) == 0)
            _exit(append_records((char)('a' + index)) ? KEPT_WORD : 1);
    int kept = 0;
    for (int index = 0; index < WRITERS; index++) {
        int end = 0;
        kept += writers[index] > 0 && waitpid(writers[index], &end, 0) == writers[index] && WIFEXITED(end)
            && WEXITSTATUS(end) == KEPT_WORD;
    }
    check(kept == WRITERS, "four processes append 250 records each");
    check(fstat(file, &status) == 0 && status.st_size == WRITERS * RECORDS * RECORD_SIZE,
          "the file has the size of all");
    check(records_are_whole(file), "every record is there, whole and in its writer's order");
    close(file);
    unlink("appended");
    return done();
}
