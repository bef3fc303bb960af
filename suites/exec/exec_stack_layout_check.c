/*
 * exec_stack_layout_check: reports on the stack with which it was entered.
 * Helper of exec_stack_layout_test.
 * Link: -Wl,-e,probe_start
 */
#include <elf.h>

#include "check.h"
#include "entry.h"
#include "vectors.h"

/* Set by the linker: the ELF header as it is mapped. */
extern const Elf64_Ehdr __ehdr_start __attribute__((visibility("hidden")));

/* The words from the stack pointer upwards. A kernel must not make us run through all memory for an AT_NULL. */
static const uint64_t *word;
enum { ARGUMENTS_AT = 1, VARIABLES_AT = ARGUMENTS_AT + LAYOUT_ARGUMENTS + 1 };
enum { AUXILIARY_AT = VARIABLES_AT + LAYOUT_VARIABLES + 1, MOST_AUXILIARY_ENTRIES = 64 };

static int strings_match(const uint64_t *pointers, char *const expected[])
{
    for (; *expected; pointers++, expected++)
        if (*pointers == 0 || strcmp((const char *)*pointers, *expected) != 0)
            return 0;
    return *pointers == 0;
}

/* The entry with this type, or NULL. */
static const Elf64_auxv_t *auxiliary(uint64_t type)
{
    const Elf64_auxv_t *entry = (const Elf64_auxv_t *)(word + AUXILIARY_AT);
    for (int index = 0; index < MOST_AUXILIARY_ENTRIES; index++, entry++) {
        if (entry->a_type == type)
            return entry;
        if (entry->a_type == AT_NULL)
            return NULL;
    }
    return NULL;
}

static int auxiliary_is(uint64_t type, uint64_t value)
{
    const Elf64_auxv_t *entry = auxiliary(type);
    return entry && entry->a_un.a_val == value;
}

static int page_size_is_sane(void)
{
    const Elf64_auxv_t *entry = auxiliary(AT_PAGESZ);
    return entry && entry->a_un.a_val >= 4096 && (entry->a_un.a_val & (entry->a_un.a_val - 1)) == 0;
}

static int strings_lie_above(const void *end)
{
    for (int index = ARGUMENTS_AT; index < AUXILIARY_AT; index++)
        if (word[index] && word[index] < (uint64_t)end)
            return 0;
    return 1;
}

int main(void)
{
    word = (const uint64_t *)entry_state.stack_pointer;
    plan(10);
    check(entry_state.stack_pointer % 16 == 0, "the stack pointer is a multiple of 16");
    int counted = check(word[0] == LAYOUT_ARGUMENTS, "it points to argc, a whole 64-bit word");
    int arguments = check(counted && strings_match(word + ARGUMENTS_AT, layout_arguments),
                          "the argument pointers follow, then a null pointer");
    int variables = check(arguments && strings_match(word + VARIABLES_AT, layout_environment),
                          "the environment pointers follow, then a null pointer");
    const Elf64_auxv_t *last = variables ? auxiliary(AT_NULL) : NULL;
    check(last != NULL, "the auxiliary vector follows, and ends");
    check(last && strings_lie_above(last + 1), "the strings lie above the vectors");
    check(last && page_size_is_sane(), "AT_PAGESZ is a power of two, at least 4096");
    check(last && auxiliary_is(AT_PHDR, (uint64_t)&__ehdr_start + __ehdr_start.e_phoff),
          "AT_PHDR points to the mapped program headers");
    check(last && auxiliary_is(AT_PHENT, sizeof(Elf64_Phdr)) && auxiliary_is(AT_PHNUM, __ehdr_start.e_phnum),
          "AT_PHENT and AT_PHNUM are their size and number");
    check(last && auxiliary_is(AT_ENTRY, (uint64_t)probe_start), "AT_ENTRY is where the program was entered");
    return done();
}
