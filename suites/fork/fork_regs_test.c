/*
 * fork_regs_test: callee-saved registers survive fork(), in the parent and in the child.
 * A child's registers are copied from where the system call saved its parent's; one left out is rubbish, or another
 * process's.
 * Sabotage: fork
 */
#include <stdint.h>

#include "../signals/child.h"

/* Loads `put`, calls fork(), stores what it finds in `found`; the result of fork(). */
pid_t fork_with_registers(const uint64_t *put, uint64_t *found);

#if defined(__x86_64__)

enum { REGISTERS = 6 };
static const char *const names[REGISTERS] = { "rbx", "rbp", "r12", "r13", "r14", "r15" };
__asm__(".text\n"
        ".globl fork_with_registers\n"
        "fork_with_registers:\n"
        "    pushq %rbx\n    pushq %rbp\n    pushq %r12\n    pushq %r13\n    pushq %r14\n    pushq %r15\n"
        "    pushq %rsi\n"
        "    movq 0(%rdi), %rbx\n"
        "    movq 8(%rdi), %rbp\n"
        "    movq 16(%rdi), %r12\n"
        "    movq 24(%rdi), %r13\n"
        "    movq 32(%rdi), %r14\n"
        "    movq 40(%rdi), %r15\n"
        "    call fork\n"
        "    popq %rsi\n"
        "    movq %rbx, 0(%rsi)\n"
        "    movq %rbp, 8(%rsi)\n"
        "    movq %r12, 16(%rsi)\n"
        "    movq %r13, 24(%rsi)\n"
        "    movq %r14, 32(%rsi)\n"
        "    movq %r15, 40(%rsi)\n"
        "    popq %r15\n    popq %r14\n    popq %r13\n    popq %r12\n    popq %rbp\n    popq %rbx\n"
        "    ret\n");

#elif defined(__aarch64__)

enum { REGISTERS = 19 };
static const char *const names[REGISTERS] = {
    "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28",
    "x29", "d8",  "d9",  "d10", "d11", "d12", "d13", "d14", "d15",
};
__asm__(".macro each_pair instruction, base, from\n"
        "    \\instruction x19, x20, [\\base, #\\from]\n"
        "    \\instruction x21, x22, [\\base, #\\from + 16]\n"
        "    \\instruction x23, x24, [\\base, #\\from + 32]\n"
        "    \\instruction x25, x26, [\\base, #\\from + 48]\n"
        "    \\instruction x27, x28, [\\base, #\\from + 64]\n"
        "    \\instruction d8, d9, [\\base, #\\from + 88]\n"
        "    \\instruction d10, d11, [\\base, #\\from + 104]\n"
        "    \\instruction d12, d13, [\\base, #\\from + 120]\n"
        "    \\instruction d14, d15, [\\base, #\\from + 136]\n"
        ".endm\n"
        ".text\n"
        ".globl fork_with_registers\n"
        "fork_with_registers:\n"
        "    sub sp, sp, #176\n"
        "    stp x1, x30, [sp]\n"
        "    str x29, [sp, #96]\n"
        "    each_pair stp, sp, 16\n"
        "    each_pair ldp, x0, 0\n"
        "    ldr x29, [x0, #80]\n"
        "    bl fork\n"
        "    ldp x1, x30, [sp]\n"
        "    each_pair stp, x1, 0\n"
        "    str x29, [x1, #80]\n"
        "    each_pair ldp, sp, 16\n"
        "    ldr x29, [sp, #96]\n"
        "    add sp, sp, #176\n"
        "    ret\n");

#else
#error "fork_regs_test knows x86-64 and AArch64"
#endif

static int same(const uint64_t *put, const uint64_t *found)
{
    int right = 1;
    for (int i = 0; i < REGISTERS; i++) {
        if (put[i] != found[i]) {
            say("# %s is 0x%llx, was 0x%llx", names[i], (unsigned long long)found[i], (unsigned long long)put[i]);
            right = 0;
        }
    }
    return right;
}

int main(void)
{
    uint64_t put[REGISTERS], found[REGISTERS] = { 0 };
    pid_t self = getpid();
    plan(3);
    for (int i = 0; i < REGISTERS; i++)
        put[i] = 0xa500000000005a00u + i * 0x0000010100000001u;
    pid_t child = fork_with_registers(put, found);
    if (child == 0)
        _exit(getpid() != self && same(put, found) ? 0 : 7);
    check(child > 0, "fork() returns");
    check(same(put, found), "callee-saved registers survive in the parent");
    check(child > 0 && exited(reap(child), 0), "callee-saved registers survive in the child");
    return done();
}
