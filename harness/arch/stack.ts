/** What a walk along frame pointers starts from. */
export interface FrameRegisters {
  readonly framePointer: bigint;
  /** Where the innermost function returns to, where a register keeps that until the next call. */
  readonly linkRegister?: bigint;
  /** How wide an address on the stack is now: early x86-64 kernels run 32-bit code. */
  readonly wordBytes: 4 | 8;
}

/** Where an interrupt or exception came upon a function. */
export interface Interrupted {
  readonly pc: bigint;
  readonly sp: bigint;
}

/** A call instruction. */
export interface Call {
  /** What it calls; `undefined` for a call through a register or memory. */
  readonly target: bigint | undefined;
}

/**
 * How one architecture's calls show in registers and on the stack. Where frame pointers are kept, a frame is two words:
 * the caller's frame pointer, and the return address above it.
 */
export interface StackDialect {
  /** @param dump As HMP's `info registers` prints it. @returns `undefined` for a dump of another architecture. */
  readonly registers: (dump: string) => FrameRegisters | undefined;
  /** The address of code that a word of the stack means. */
  readonly codeAddress: (word: bigint) => bigint;
  /** The call that returns to `address`, `before` being the {@link CALL_BYTES} before it; `undefined` when none does. */
  readonly callBefore: (before: Buffer, address: bigint) => Call | undefined;
  /**
   * Where an interrupt or exception came upon a function, for processors that push that. Looked for among the words above
   * the frame of a function that may have been called by the code at a vector.
   * @param callersFrame What the frame tells to be its caller's.
   */
  readonly interruptedAbove?: (words: readonly bigint[], callersFrame: bigint) => Interrupted | undefined;
  /** The same, when the vector's code has only just begun: looked for at the very end of the stack. */
  readonly justInterrupted?: (words: readonly bigint[], sp: bigint) => Interrupted | undefined;
}

/** No call instruction is longer. */
export const CALL_BYTES = 7;
