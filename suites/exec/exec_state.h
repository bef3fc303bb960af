/* What exec_state_check compares: the bits of its answer. */
#ifndef TWINBOOT_EXEC_STATE_H
#define TWINBOOT_EXEC_STATE_H

enum { PROCESS_ID = 1, PARENT_ID = 2, GROUP_ID = 4, MODE_MASK = 8, DIRECTORY = 16, OFFSET = 32 };

#endif
