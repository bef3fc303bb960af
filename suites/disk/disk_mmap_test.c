/*
 * disk_mmap_test: a file on the disk is read and written through memory.
 * Sabotage: mmap
 */
#include <fcntl.h>
#include <sys/mman.h>

#include "check.h"
#include "content.h"
#include "place.h"

enum { SIZE = 300 * 1000 };

static int is_content(const char *memory, size_t length, int shift)
{
    char expected[251];
    for (size_t place = 0; place < length; place += sizeof expected) {
        size_t size = length - place < sizeof expected ? length - place : sizeof expected;
        fill_content(expected, size, (off_t)place, shift);
        if (memcmp(memory + place, expected, size) != 0)
            return 0;
    }
    return 1;
}

int main(int argc, char *argv[])
{
    plan(5);
    if (!check(enter_disk(argc, argv), "the disk is mounted"))
        return done();
    int file = open("mapped", O_RDWR | O_CREAT | O_TRUNC, 0600);
    int written = file >= 0 && write_content(file, 0, SIZE, 5) && fsync(file) == 0;
    char *memory = written ? mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) : MAP_FAILED;
    int mapped = memory != MAP_FAILED && memory != NULL;
    check(mapped && is_content(memory, SIZE, 5), "what was written is seen in memory");
    check(mapped && write_content(file, 0, SIZE, 6) && is_content(memory, SIZE, 6), "so is what is written later");
    if (mapped)
        fill_content(memory, SIZE, 0, 7);
    check(mapped && msync(memory, SIZE, MS_SYNC) == 0 && has_content(file, 0, SIZE, 7),
          "what is stored in memory is read from the file");
    if (mapped)
        munmap(memory, SIZE);
    close(file);
    file = open("mapped", O_RDONLY);
    check(mapped && has_content(file, 0, SIZE, 7), "also after all is unmapped and closed");
    close(file);
    unlink("mapped");
    return done();
}
