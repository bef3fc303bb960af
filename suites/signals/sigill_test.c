/*
 * sigill_test: instructions that do not exist, or are the kernel's own, end in a signal and not in the kernel.
 * Sabotage: sigaction
 */
#include "fault.h"

void undefined_instruction(void);
void privileged_instruction(void);
void breakpoint_instruction(void);

__asm__(".text\n"
        ".globl undefined_instruction, privileged_instruction, breakpoint_instruction\n"
#if defined(__x86_64__)
        "undefined_instruction: ud2\n    ret\n"
        "privileged_instruction: hlt\n    ret\n"
        "breakpoint_instruction: int3\n    ret\n"
#elif defined(__aarch64__)
        "undefined_instruction: .inst 0\n    ret\n"
        "privileged_instruction: mrs x0, ttbr0_el1\n    ret\n"
        "breakpoint_instruction: brk #0\n    ret\n"
#else
#error "sigill_test knows x86-64 and AArch64"
#endif
);

/* x86-64 answers with a general protection fault, AArch64 with an undefined instruction. */
#if defined(__x86_64__)
enum { PRIVILEGED = SIGSEGV };
#else
enum { PRIVILEGED = SIGILL };
#endif

static int executes_undefined(void)
{
    handle(SIGILL, SIG_DFL, 0);
    undefined_instruction();
    return 7;
}

static int executes_breakpoint(void)
{
    handle(SIGTRAP, SIG_DFL, 0);
    breakpoint_instruction();
    return 7;
}

int main(void)
{
    plan(6);
    check(raises(SIGILL, undefined_instruction), "an undefined instruction raises SIGILL");
    check(fault.si_addr == (void *)undefined_instruction && fault.si_code >= ILL_ILLOPC && fault.si_code <= ILL_BADSTK,
          "SIGILL tells its address and a reason");
    struct child child = start(executes_undefined);
    check(killed(finish(&child), SIGILL), "by default it ends the process with SIGILL");
    check(raises(PRIVILEGED, privileged_instruction), "a privileged instruction is not executed");
    check(raises(SIGTRAP, breakpoint_instruction), "a breakpoint instruction raises SIGTRAP");
    child = start(executes_breakpoint);
    check(killed(finish(&child), SIGTRAP), "by default it ends the process with SIGTRAP");
    return done();
}
