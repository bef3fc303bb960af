/*
 * disk_rename_test: rename moves a file in one step, over another one if there is one.
 * Sabotage: rename
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "check.h"
#include "place.h"

static int make(const char *path, const char *text)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0)
        return 0;
    int written = write(file, text, strlen(text)) == (ssize_t)strlen(text);
    return close(file) == 0 && written;
}

static int holds(const char *path, const char *text)
{
    char bytes[32];
    int file = open(path, O_RDONLY);
    if (file < 0)
        return 0;
    ssize_t length = read(file, bytes, sizeof bytes);
    close(file);
    return length == (ssize_t)strlen(text) && memcmp(bytes, text, (size_t)length) == 0;
}

static int is_gone(const char *path)
{
    return access(path, F_OK) == -1 && errno == ENOENT;
}

int main(int argc, char *argv[])
{
    char bytes[8];
    plan(9);
    if (!check(enter_disk(argc, argv), "the disk is mounted"))
        return done();
    check(make("rename_a", "first") && rename("rename_a", "rename_b") == 0 && is_gone("rename_a")
              && holds("rename_b", "first"),
          "a file has its new name and no longer its old one");

    int replaced = make("rename_c", "second") ? open("rename_c", O_RDONLY) : -1;
    check(replaced >= 0 && rename("rename_b", "rename_c") == 0 && is_gone("rename_b") && holds("rename_c", "first"),
          "it takes the place of another file");
    check(replaced >= 0 && read(replaced, bytes, sizeof bytes) == 6 && memcmp(bytes, "second", 6) == 0,
          "the replaced file lives on where it is open");
    close(replaced);

    check(mkdir("rename_d", 0700) == 0 && rename("rename_c", "rename_d/moved") == 0 && is_gone("rename_c")
              && holds("rename_d/moved", "first"),
          "a file moves into a directory");
    check(rename("rename_d", "rename_e") == 0 && is_gone("rename_d") && holds("rename_e/moved", "first"),
          "a directory is renamed with what is in it");
    check(mkdir("rename_f", 0700) == 0 && rename("rename_e", "rename_f/below") == 0
              && holds("rename_f/below/../below/moved", "first"),
          "a directory moves into another, and its .. with it");
    check(rename("rename_f", "rename_f/below/itself") == -1 && errno == EINVAL
              && holds("rename_f/below/moved", "first"),
          "a directory does not move into itself");
    make("rename_g", "third");
    check(rename("rename_missing", "rename_h") == -1 && errno == ENOENT && rename("rename_g", "rename_f") == -1
              && errno == EISDIR && rename("rename_f", "rename_g") == -1 && errno == ENOTDIR
              && holds("rename_g", "third"),
          "what cannot be renamed is told and left alone");

    unlink("rename_f/below/moved");
    rmdir("rename_f/below");
    rmdir("rename_f");
    unlink("rename_g");
    return done();
}
