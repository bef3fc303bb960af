/*
 * exec_stack_layout_test: argc, argv, envp and the auxiliary vector lie on the stack as the ABI says.
 *
 * The System V ABI gives x86-64 and arm64 the same picture, from the stack pointer upwards: argc, the argument
 * pointers, a null pointer, the environment pointers, a null pointer, the auxiliary vector up to AT_NULL, and then the
 * strings.
 * A failure here is often seen first as a C library that crashes before main.
 * Sabotage: execve
 */
#include "check.h"
#include "launch.h"
#include "vectors.h"

int main(int argc, char *argv[])
{
    char helper[PATH_SIZE];
    (void)argc;
    if (locate(helper, argv[0], "exec_stack_layout_check"))
        execve(helper, layout_arguments, layout_environment);

    /* Only reached when execve returned; otherwise exec_stack_layout_check reports. */
    plan(1);
    check(0, "a program is entered with arguments and environment");
    return done();
}
