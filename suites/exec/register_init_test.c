/*
 * register_init_test: a program starts with registers that hold nothing of the one that called execve.
 *
 * The caller fills what registers it can with a pattern, changes the floating-point control, and calls execve;
 * register_init_check then looks at the state in which it was entered. A failure means that exec enters the new program
 * through the old one's saved registers, or forgets the floating-point state: a leak between programs, and arithmetic
 * that goes wrong in the program after the one that changed the rounding.
 * Sabotage: execve
 */
#include "check.h"
#include "launch.h"
#include "pattern.h"

/* Fills the registers and calls execve(path, argv, envp); returns what that returns. */
int execve_with_pattern(const char *path, char *const argv[], char *const envp[]);

__attribute__((used)) static const uint64_t vector_pattern[2] = {PATTERN, PATTERN};

#if defined(__x86_64__)

/* Rounding towards zero in both units; in MXCSR an invalid operation has happened. Exceptions stay masked. */
__attribute__((used)) static const uint32_t odd_mxcsr = 0x7f81;
__attribute__((used)) static const uint16_t odd_x87_control = 0x0f7f;
__attribute__((used)) static const uint32_t default_mxcsr = 0x1f80;

__asm__(".text\nexecve_with_pattern:\n"
        "push %rbx\npush %rbp\npush %r12\npush %r13\npush %r14\npush %r15\nsub $8, %rsp\n"
        ".irp register, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n"
        "movups vector_pattern(%rip), %xmm\\register\n"
        ".endr\n"
        ".irp register, rax, rbx, rcx, rbp, r8, r9, r10, r11, r12, r13, r14, r15\n"
        "mov vector_pattern(%rip), %\\register\n"
        ".endr\n"
        "fld1\nfld1\n"
        "fldcw odd_x87_control(%rip)\nldmxcsr odd_mxcsr(%rip)\n"
        "stc\n"
        "call execve\n"
        "fninit\nldmxcsr default_mxcsr(%rip)\n"
        "add $8, %rsp\npop %r15\npop %r14\npop %r13\npop %r12\npop %rbp\npop %rbx\n"
        "ret\n");

#elif defined(__aarch64__)

__asm__(".text\nexecve_with_pattern:\n"
        "stp x29, x30, [sp, #-160]!\nstp x19, x20, [sp, #16]\nstp x21, x22, [sp, #32]\nstp x23, x24, [sp, #48]\n"
        "stp x25, x26, [sp, #64]\nstp x27, x28, [sp, #80]\nstp d8, d9, [sp, #96]\nstp d10, d11, [sp, #112]\n"
        "stp d12, d13, [sp, #128]\nstp d14, d15, [sp, #144]\n"
        "adrp x3, vector_pattern\nadd x3, x3, :lo12:vector_pattern\n"
        ".irp register, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, "
        "26, 27, 28, 29, 30, 31\n"
        "ldr q\\register, [x3]\n"
        ".endr\n"
        "mov x4, #0xc00000\nmsr fpcr, x4\n" /* Rounding towards zero. */
        "mov x4, #1\nmsr fpsr, x4\n"        /* An invalid operation has happened. */
        ".irp register, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, "
        "28, 29\n"
        "ldr x\\register, [x3]\n"
        ".endr\n"
        "cmp x4, x4\n" /* Z and C. */
        "bl execve\n"
        "msr fpcr, xzr\nmsr fpsr, xzr\n"
        "ldp x19, x20, [sp, #16]\nldp x21, x22, [sp, #32]\nldp x23, x24, [sp, #48]\nldp x25, x26, [sp, #64]\n"
        "ldp x27, x28, [sp, #80]\nldp d8, d9, [sp, #96]\nldp d10, d11, [sp, #112]\nldp d12, d13, [sp, #128]\n"
        "ldp d14, d15, [sp, #144]\nldp x29, x30, [sp], #160\n"
        "ret\n");

#else
#error "the registers are known for x86-64 and aarch64 only"
#endif

int main(int argc, char *argv[])
{
    char helper[PATH_SIZE];
    char *arguments[] = {"register_init_check", NULL};
    char *no_environment[] = {NULL};
    (void)argc;
    if (locate(helper, argv[0], "register_init_check"))
        execve_with_pattern(helper, arguments, no_environment);

    /* Only reached when execve returned; otherwise register_init_check reports. */
    plan(1);
    check(0, "a program is entered from one with other registers");
    return done();
}
