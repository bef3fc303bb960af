/*
 * register_init_check: reports on the registers with which it was entered.
 * Helper of register_init_test, which enters it from a program whose registers hold a pattern.
 * Link: -Wl,-e,probe_start
 *
 * What is asked for:
 * - No register holds the pattern. The ABIs leave most registers open, and kernels differ (zero, or the address of the
 *   stack), but none may show one program what another had in them.
 * - rdx and x0 are zero. They carry a function that the C library registers with atexit() and calls in the end, where a
 *   dynamic linker wants that; in a static program there is none, and rubbish there is called at exit.
 * - The flags are clear: the x86-64 psABI says so for DF, CF, PF, AF, ZF, SF and OF at process initialisation, and
 *   memory moves backwards where DF is set. For NZCV on arm64 no ABI does; kernels start from a PSTATE of zero.
 * - Rounding to nearest, all exceptions masked, none pending: MXCSR 0x1f80 and x87 control word 0x37f by the psABI,
 *   FPCR and FPSR zero by the AAPCS64, which C demands too (round to nearest at program start).
 */
#include "check.h"
#include "entry.h"
#include "pattern.h"

static int general_registers_are_clean(void)
{
    for (int index = 0; index < GENERAL_REGISTERS; index++)
        if (entry_state.general[index] == PATTERN)
            return 0;
    return 1;
}

static int vector_registers_are_clean(void)
{
    for (int index = 0; index < VECTOR_REGISTERS; index++)
        if (entry_state.vector[index][0] == PATTERN || entry_state.vector[index][1] == PATTERN)
            return 0;
    return 1;
}

#if defined(__x86_64__)

enum { CF_PF_AF_ZF_SF = 0xd5, TF = 0x100, DF = 0x400, OF = 0x800 };

static int flags_are_clear(void)
{
    return (entry_state.flags & (CF_PF_AF_ZF_SF | TF | DF | OF)) == 0;
}

static int floating_point_control_is_default(void)
{
    const uint32_t exception_flags = 0x3f;
    return (entry_state.mxcsr & ~exception_flags) == 0x1f80 && entry_state.x87_control == 0x37f;
}

/* An x87 status of zero also says that its stack is at its top, where the caller had pushed two numbers. */
static int floating_point_status_is_clear(void)
{
    const uint32_t exception_flags = 0x3f;
    return (entry_state.mxcsr & exception_flags) == 0 && entry_state.x87_status == 0;
}

#elif defined(__aarch64__)

static int flags_are_clear(void)
{
    return entry_state.flags == 0;
}

static int floating_point_control_is_default(void)
{
    return entry_state.fpcr == 0;
}

static int floating_point_status_is_clear(void)
{
    return entry_state.fpsr == 0;
}

#endif

int main(void)
{
    plan(7);
    check(entry_state.stack_pointer != 0, "a program is entered from one with other registers");
    check(general_registers_are_clean(), "no general register holds what the old program had there");
    check(vector_registers_are_clean(), "no vector register holds what the old program had there");
    check(entry_state.general[EXIT_FUNCTION_REGISTER] == 0, "no function is handed over to be called at exit");
    check(flags_are_clear(), "the flags are clear");
    check(floating_point_control_is_default(), "floating-point control has its default");
    check(floating_point_status_is_clear(), "no floating-point exception is pending");
    return done();
}
