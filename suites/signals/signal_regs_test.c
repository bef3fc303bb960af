/*
 * signal_regs_test: registers survive a handler that overwrites every one of them.
 * The first subtest sends the signal from within, where only what a called function must preserve can be compared; the
 * others let another process send it in the middle of a loop, where each register counts. A register that is lost is
 * missing from the signal frame, or sigreturn does not load it.
 * Sabotage: sigaction
 */
#include <stdint.h>
#include <sys/mman.h>

#include "handle.h"

#if defined(__x86_64__)

enum { GENERAL = 15, VECTORS = 16 };
static const char *const general_names[GENERAL] = {
    "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
};
static const char callee_saved[GENERAL] = { [1] = 1, [6] = 1, [11] = 1, [12] = 1, [13] = 1, [14] = 1 };
enum { CALLEE_SAVED_VECTOR_BYTES = 0 };

#elif defined(__aarch64__)

enum { GENERAL = 30, VECTORS = 32 };
static const char *const general_names[GENERAL] = {
    "x0",  "x1",  "x2",  "x3",  "x4",  "x5",  "x6",  "x7",  "x8",  "x9",  "x10", "x11", "x12", "x13", "x14",
    "x15", "x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x29",
};
static const char callee_saved[GENERAL] = {
    [19] = 1, [20] = 1, [21] = 1, [22] = 1, [23] = 1, [24] = 1, [25] = 1, [26] = 1, [27] = 1, [28] = 1, [29] = 1,
};
enum { CALLEE_SAVED_VECTOR_BYTES = 8 }; /* The low halves of v8 to v15. */

#else
#error "signal_regs_test knows x86-64 and AArch64"
#endif

struct registers {
    uint64_t general[GENERAL];
    unsigned char vector[VECTORS][16] __attribute__((aligned(16)));
};

/* Both load `put`, let the signal come, and store what they find in `found`. */
void registers_across_kill(const struct registers *put, struct registers *found, pid_t self);
/* general[0] is the flag's address: the loop ends when the flag is no longer 0. */
void registers_across_loop(const struct registers *put, struct registers *found);

/* Sets *handled to 1, and every register but the stack pointer to rubbish. */
void overwrite_registers(int sig);
volatile int *handled;

#if defined(__x86_64__)

__asm__(
    ".macro load_registers\n" /* from rdi */
    ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
    "    movaps 128+16*\\n(%rdi), %xmm\\n\n"
    ".endr\n"
    "    movq 0(%rdi), %rax\n"
    "    movq 8(%rdi), %rbx\n"
    "    movq 16(%rdi), %rcx\n"
    "    movq 24(%rdi), %rdx\n"
    "    movq 32(%rdi), %rsi\n"
    "    movq 48(%rdi), %rbp\n"
    "    movq 56(%rdi), %r8\n"
    "    movq 64(%rdi), %r9\n"
    "    movq 72(%rdi), %r10\n"
    "    movq 80(%rdi), %r11\n"
    "    movq 88(%rdi), %r12\n"
    "    movq 96(%rdi), %r13\n"
    "    movq 104(%rdi), %r14\n"
    "    movq 112(%rdi), %r15\n"
    "    movq 40(%rdi), %rdi\n"
    ".endm\n"
    ".macro store_registers\n" /* to the address on top of the stack */
    "    xchgq %rax, (%rsp)\n"
    "    movq %rbx, 8(%rax)\n"
    "    movq %rcx, 16(%rax)\n"
    "    movq %rdx, 24(%rax)\n"
    "    movq %rsi, 32(%rax)\n"
    "    movq %rdi, 40(%rax)\n"
    "    movq %rbp, 48(%rax)\n"
    "    movq %r8, 56(%rax)\n"
    "    movq %r9, 64(%rax)\n"
    "    movq %r10, 72(%rax)\n"
    "    movq %r11, 80(%rax)\n"
    "    movq %r12, 88(%rax)\n"
    "    movq %r13, 96(%rax)\n"
    "    movq %r14, 104(%rax)\n"
    "    movq %r15, 112(%rax)\n"
    "    popq %rbx\n"
    "    movq %rbx, 0(%rax)\n"
    ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
    "    movaps %xmm\\n, 128+16*\\n(%rax)\n"
    ".endr\n"
    ".endm\n"
    ".macro save_callee_saved\n"
    "    pushq %rbx\n    pushq %rbp\n    pushq %r12\n    pushq %r13\n    pushq %r14\n    pushq %r15\n"
    ".endm\n"
    ".macro restore_callee_saved\n"
    "    popq %r15\n    popq %r14\n    popq %r13\n    popq %r12\n    popq %rbp\n    popq %rbx\n"
    ".endm\n"

    ".text\n"
    ".globl registers_across_kill\n"
    "registers_across_kill:\n"
    "    save_callee_saved\n"
    "    pushq %rdx\n"
    "    pushq %rsi\n"
    "    load_registers\n"
    "    movq 8(%rsp), %rdi\n"
    "    movl $10, %esi\n" /* SIGUSR1 */
    "    subq $8, %rsp\n"
    "    call kill\n"
    "    addq $8, %rsp\n"
    "    store_registers\n"
    "    popq %rdx\n"
    "    restore_callee_saved\n"
    "    ret\n"

    ".globl registers_across_loop\n"
    "registers_across_loop:\n"
    "    save_callee_saved\n"
    "    pushq %rsi\n"
    "    load_registers\n"
    "1:  cmpl $0, (%rax)\n"
    "    je 1b\n"
    "    store_registers\n"
    "    restore_callee_saved\n"
    "    ret\n"

    ".globl overwrite_registers\n"
    "overwrite_registers:\n"
    "    movq handled(%rip), %rax\n"
    "    movl $1, (%rax)\n"
    ".irp r, rax,rbx,rcx,rdx,rsi,rdi,rbp,r8,r9,r10,r11,r12,r13,r14,r15\n"
    "    movq $-1, %\\r\n"
    ".endr\n"
    ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
    "    pcmpeqd %xmm\\n, %xmm\\n\n"
    ".endr\n"
    "    ret\n");

#else

__asm__(
    ".macro load_registers\n" /* from x1, which comes last */
    ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
    "    ldr q\\n, [x1, #240 + 16 * \\n]\n"
    ".endr\n"
    ".irp n, 0,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,19,20,21,22,23,24,25,26,27,28,29\n"
    "    ldr x\\n, [x1, #8 * \\n]\n"
    ".endr\n"
    "    ldr x1, [x1, #8]\n"
    ".endm\n"
    ".macro store_registers\n" /* to the address on top of the stack; x30 is free */
    "    ldr x30, [sp]\n"
    ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,19,20,21,22,23,24,25,26,27,28,29\n"
    "    str x\\n, [x30, #8 * \\n]\n"
    ".endr\n"
    ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
    "    str q\\n, [x30, #240 + 16 * \\n]\n"
    ".endr\n"
    ".endm\n"
    ".macro save_callee_saved\n" /* and `found` on top, `self` beside it */
    "    sub sp, sp, #176\n"
    "    stp x1, x2, [sp]\n"
    "    stp x19, x20, [sp, #16]\n"
    "    stp x21, x22, [sp, #32]\n"
    "    stp x23, x24, [sp, #48]\n"
    "    stp x25, x26, [sp, #64]\n"
    "    stp x27, x28, [sp, #80]\n"
    "    stp x29, x30, [sp, #96]\n"
    "    stp d8, d9, [sp, #112]\n"
    "    stp d10, d11, [sp, #128]\n"
    "    stp d12, d13, [sp, #144]\n"
    "    stp d14, d15, [sp, #160]\n"
    ".endm\n"
    ".macro restore_callee_saved\n"
    "    ldp x19, x20, [sp, #16]\n"
    "    ldp x21, x22, [sp, #32]\n"
    "    ldp x23, x24, [sp, #48]\n"
    "    ldp x25, x26, [sp, #64]\n"
    "    ldp x27, x28, [sp, #80]\n"
    "    ldp x29, x30, [sp, #96]\n"
    "    ldp d8, d9, [sp, #112]\n"
    "    ldp d10, d11, [sp, #128]\n"
    "    ldp d12, d13, [sp, #144]\n"
    "    ldp d14, d15, [sp, #160]\n"
    "    add sp, sp, #176\n"
    ".endm\n"

    ".text\n"
    ".globl registers_across_kill\n"
    "registers_across_kill:\n"
    "    save_callee_saved\n"
    "    mov x1, x0\n"
    "    load_registers\n"
    "    ldr x0, [sp, #8]\n"
    "    mov x1, #10\n" /* SIGUSR1 */
    "    bl kill\n"
    "    store_registers\n"
    "    restore_callee_saved\n"
    "    ret\n"

    ".globl registers_across_loop\n"
    "registers_across_loop:\n"
    "    save_callee_saved\n"
    "    mov x1, x0\n"
    "    load_registers\n"
    "1:  ldr w30, [x0]\n"
    "    cbz w30, 1b\n"
    "    store_registers\n"
    "    restore_callee_saved\n"
    "    ret\n"

    ".globl overwrite_registers\n"
    "overwrite_registers:\n"
    "    adrp x0, handled\n"
    "    ldr x0, [x0, :lo12:handled]\n"
    "    mov w1, #1\n"
    "    str w1, [x0]\n"
    ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
    "    movi v\\n\\().16b, #0xff\n"
    ".endr\n"
    "    mov x16, x30\n"
    ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,17,19,20,21,22,23,24,25,26,27,28,29,30\n"
    "    mov x\\n, #-1\n"
    ".endr\n"
    "    br x16\n");

#endif

/* Both halves of every register differ from each other and from every other register. */
static struct registers distinct_registers(void)
{
    struct registers all;
    for (int i = 0; i < GENERAL; i++)
        all.general[i] = 0xa500000000005a00u + i * 0x0000010100000001u;
    for (int i = 0; i < VECTORS; i++)
        for (int j = 0; j < 16; j++)
            all.vector[i][j] = i * 7 + j * 13 + 1;
    return all;
}

/* AArch64 keeps x18 for the platform. */
static int is_reserved(int i)
{
    return strcmp(general_names[i], "x18") == 0;
}

static int same_general(const struct registers *put, const struct registers *found, int which_callee_saved)
{
    int same = 1;
    for (int i = 0; i < GENERAL; i++) {
        if (is_reserved(i) || (which_callee_saved && !callee_saved[i]))
            continue;
        if (put->general[i] != found->general[i]) {
            say("# %s is 0x%llx, was 0x%llx", general_names[i], (unsigned long long)found->general[i],
                (unsigned long long)put->general[i]);
            same = 0;
        }
    }
    return same;
}

static int same_vectors(const struct registers *put, const struct registers *found, int first, int last, int bytes)
{
    int same = 1;
    for (int i = first; i <= last; i++) {
        if (memcmp(put->vector[i], found->vector[i], bytes) != 0) {
            say("# vector register %d changed", i);
            same = 0;
        }
    }
    return same;
}

static pid_t target;

/*
 * Sends the signal when the loop has most likely begun (one that comes sooner proves less and spoils nothing), and ends
 * the loop in the handler's place if none runs.
 */
static int interrupts_loop(void)
{
    for (int naps = 0; naps < 3; naps++)
        nap();
    kill(target, SIGUSR1);
    for (int naps = 0; *handled == 0 && naps < PATIENCE; naps++)
        nap();
    if (*handled == 0)
        *handled = 2;
    return 0;
}

int main(void)
{
    struct registers put = distinct_registers(), found;
    plan(5);
    handled = mmap(NULL, sizeof *handled, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (handled == MAP_FAILED)
        return 1;
    target = getpid();
    handle(SIGUSR1, overwrite_registers, 0);

    memset(&found, 0, sizeof found);
    registers_across_kill(&put, &found, target);
    check(*handled == 1, "the handler runs during kill()");
    check(same_general(&put, &found, 1), "callee-saved registers survive it");
    if (CALLEE_SAVED_VECTOR_BYTES > 0)
        check(same_vectors(&put, &found, 8, 15, CALLEE_SAVED_VECTOR_BYTES), "callee-saved vector registers survive it");
    else
        skip("callee-saved vector registers survive it", "this architecture has none");

    *handled = 0;
    put.general[0] = (uintptr_t)handled;
    memset(&found, 0, sizeof found);
    struct child child = start(interrupts_loop);
    registers_across_loop(&put, &found);
    int was_handled = *handled == 1;
    finish(&child);
    int general = same_general(&put, &found, 0);
    int vectors = same_vectors(&put, &found, 0, VECTORS - 1, 16);
    check(was_handled && general, "every general register survives a signal in a loop");
    check(was_handled && vectors, "every vector register survives a signal in a loop");
    return done();
}
