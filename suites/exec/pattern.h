/* What register_init_test leaves in the registers and register_init_check must not find there. */
#ifndef TWINBOOT_PATTERN_H
#define TWINBOOT_PATTERN_H

#include <stdint.h>

#define PATTERN UINT64_C(0x5ec4e7ab5ec4e7ab)

#endif
