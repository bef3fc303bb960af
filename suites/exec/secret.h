/* What exec_memory_test leaves in its memory and exec_memory_check must not find. */
#ifndef TWINBOOT_SECRET_H
#define TWINBOOT_SECRET_H

#define SECRET "known to the old program only"

#endif
