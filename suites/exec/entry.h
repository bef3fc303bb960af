/*
 * The state of the processor at the very entry of a program, for a helper linked with `Link: -Wl,-e,probe_start`.
 *
 * The ELF entry is then probe_start instead of the C library's _start. It saves every register before anything can
 * change them and goes on to _start, so that main() examines what the kernel left, with a whole C library at hand.
 */
#ifndef TWINBOOT_ENTRY_H
#define TWINBOOT_ENTRY_H

#include <stdint.h>

void probe_start(void);

#if defined(__x86_64__)

enum { GENERAL_REGISTERS = 15, VECTOR_REGISTERS = 16 };

/* The order and the offsets are known to the assembly below. */
struct entry_state {
    uint64_t stack_pointer;
    uint64_t general[GENERAL_REGISTERS]; /* rax rbx rcx rdx rsi rdi rbp r8 to r15 */
    uint64_t flags;                      /* offset 128 */
    uint32_t mxcsr;                      /* 136 */
    uint16_t x87_control, x87_status;    /* 140, 142 */
    uint64_t vector[VECTOR_REGISTERS][2] __attribute__((aligned(16))); /* 144 */
};

enum { EXIT_FUNCTION_REGISTER = 3 };

__asm__(".text\n.globl probe_start\nprobe_start:\n"
        "mov %rsp, entry_state(%rip)\n"
        "mov %rax, entry_state+8(%rip)\nmov %rbx, entry_state+16(%rip)\nmov %rcx, entry_state+24(%rip)\n"
        "mov %rdx, entry_state+32(%rip)\nmov %rsi, entry_state+40(%rip)\nmov %rdi, entry_state+48(%rip)\n"
        "mov %rbp, entry_state+56(%rip)\nmov %r8, entry_state+64(%rip)\nmov %r9, entry_state+72(%rip)\n"
        "mov %r10, entry_state+80(%rip)\nmov %r11, entry_state+88(%rip)\nmov %r12, entry_state+96(%rip)\n"
        "mov %r13, entry_state+104(%rip)\nmov %r14, entry_state+112(%rip)\nmov %r15, entry_state+120(%rip)\n"
        "pushfq\npopq entry_state+128(%rip)\n"
        "stmxcsr entry_state+136(%rip)\nfnstcw entry_state+140(%rip)\nfnstsw entry_state+142(%rip)\n"
        ".irp register, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n"
        "movaps %xmm\\register, entry_state+144+16*\\register(%rip)\n"
        ".endr\n"
        "cld\n"
        "jmp _start\n");

#elif defined(__aarch64__)

enum { GENERAL_REGISTERS = 31, VECTOR_REGISTERS = 32 };

/* The order and the offsets are known to the assembly below. */
struct entry_state {
    uint64_t stack_pointer;
    uint64_t general[GENERAL_REGISTERS]; /* x0 to x30 */
    uint64_t flags;                      /* offset 256: NZCV */
    uint64_t fpcr, fpsr;                 /* 264, 272 */
    uint64_t vector[VECTOR_REGISTERS][2] __attribute__((aligned(16))); /* 288 */
};

enum { EXIT_FUNCTION_REGISTER = 0 };

/* The thread pointer serves to put x0 aside, because the stack may be misaligned; _start sets it anew. */
__asm__(".text\n.globl probe_start\nprobe_start:\n"
        "msr tpidr_el0, x0\n"
        "adrp x0, entry_state\nadd x0, x0, :lo12:entry_state\n"
        "str x1, [x0, #16]\nmrs x1, tpidr_el0\nstr x1, [x0, #8]\nmov x1, sp\nstr x1, [x0]\n"
        "stp x2, x3, [x0, #24]\nstp x4, x5, [x0, #40]\nstp x6, x7, [x0, #56]\nstp x8, x9, [x0, #72]\n"
        "stp x10, x11, [x0, #88]\nstp x12, x13, [x0, #104]\nstp x14, x15, [x0, #120]\nstp x16, x17, [x0, #136]\n"
        "stp x18, x19, [x0, #152]\nstp x20, x21, [x0, #168]\nstp x22, x23, [x0, #184]\nstp x24, x25, [x0, #200]\n"
        "stp x26, x27, [x0, #216]\nstp x28, x29, [x0, #232]\nstr x30, [x0, #248]\n"
        "mrs x1, nzcv\nstr x1, [x0, #256]\nmrs x1, fpcr\nstr x1, [x0, #264]\nmrs x1, fpsr\nstr x1, [x0, #272]\n"
        "add x1, x0, #288\n"
        ".irp register, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, "
        "26, 27, 28, 29, 30, 31\n"
        "str q\\register, [x1], #16\n"
        ".endr\n"
        "ldp x0, x1, [x0, #8]\n"
        "b _start\n");

#else
#error "the entry state is known for x86-64 and aarch64 only"
#endif

/* Filled by probe_start, and by nobody else. */
struct entry_state entry_state;

#endif
