/* What exec_stack_layout_test hands over and exec_stack_layout_check must find. An odd number of pointers in all, and
 * strings of odd length, so that nothing is aligned by chance. */
#ifndef TWINBOOT_VECTORS_H
#define TWINBOOT_VECTORS_H

enum { LAYOUT_ARGUMENTS = 4, LAYOUT_VARIABLES = 3 };

static char *const layout_arguments[LAYOUT_ARGUMENTS + 1] = {"exec_stack_layout_check", "one", "", "three: 3", 0};
static char *const layout_environment[LAYOUT_VARIABLES + 1] = {"A=1", "LONGER=a longer value", "EMPTY=", 0};

#endif
