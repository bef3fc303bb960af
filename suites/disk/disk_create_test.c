/*
 * disk_create_test: files are made, found and deleted on the disk.
 * Sabotage: open
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "check.h"
#include "place.h"

enum { FILES = 300 };

static char name[300];

static const char *numbered(int number)
{
    snprintf(name, sizeof name, "create_%d", number);
    return name;
}

static int make(const char *path)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0640);
    if (file < 0)
        return 0;
    return close(file) == 0;
}

static int make_many(void)
{
    for (int number = 0; number < FILES; number++)
        if (!make(numbered(number)))
            return 0;
    return 1;
}

static int delete_many(void)
{
    int deleted = 1;
    for (int number = 0; number < FILES; number++)
        deleted = unlink(numbered(number)) == 0 && access(name, F_OK) == -1 && errno == ENOENT && deleted;
    return deleted;
}

int main(int argc, char *argv[])
{
    struct stat status;
    char bytes[8];
    plan(8);
    if (!check(enter_disk(argc, argv), "the disk is mounted"))
        return done();
    umask(0);
    check(make("create_one") && stat("create_one", &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 0
              && (status.st_mode & 07777) == 0640 && status.st_nlink == 1,
          "a new file is empty and has the mode asked for");
    check(!make("create_one") && errno == EEXIST, "O_EXCL does not make it twice");
    check(open("create_missing", O_RDONLY) == -1 && errno == ENOENT && open("create_one/below", O_RDONLY) == -1
              && errno == ENOTDIR && open("no_directory/file", O_WRONLY | O_CREAT, 0600) == -1 && errno == ENOENT,
          "what is not there is ENOENT or ENOTDIR");
    check(unlink("create_one") == 0 && open("create_one", O_RDONLY) == -1 && errno == ENOENT, "a deleted file is gone");

    int file = open("create_open", O_RDWR | O_CREAT, 0600);
    check(file >= 0 && unlink("create_open") == 0 && write(file, "still", 5) == 5 && pread(file, bytes, 8, 0) == 5
              && memcmp(bytes, "still", 5) == 0 && fstat(file, &status) == 0 && status.st_nlink == 0,
          "a deleted file that is open can be used until it is closed");
    close(file);

    memset(name, 'n', 256);
    name[256] = '\0';
    int too_long = open(name, O_WRONLY | O_CREAT, 0600) == -1 && errno == ENAMETOOLONG;
    name[255] = '\0';
    check(too_long && make(name) && unlink(name) == 0, "a name may have 255 bytes and no more");

    int made = make_many();
    check(delete_many() && made, "three hundred files are made and deleted");
    return done();
}
