import { hex } from './interrupt-log.ts';
import type { Interrupted, StackDialect } from './stack.ts';

// Intel SDM, volume 2, "CALL": E8 cd, FF /2.
const CALL_RELATIVE = 0xe8;
const RELATIVE_BYTES = 5;
const GROUP_5 = 0xff;
const CALL_INDIRECT = 2;

export const x86Stack: StackDialect = {
  registers: (dump) => {
    const found = /\b(?<width>[RE])BP=(?<bp>[0-9a-f]+)/.exec(dump)?.groups;
    return found && { framePointer: hex(found.bp), wordBytes: found.width === 'R' ? 8 : 4 };
  },
  codeAddress: (word) => word,
  callBefore: (before, address) => {
    const end = before.length;
    if (end >= RELATIVE_BYTES && before[end - RELATIVE_BYTES] === CALL_RELATIVE)
      return { target: BigInt.asUintN(64, address + BigInt(before.readInt32LE(end - 4))) };
    for (let length = 2; length <= end; length++) {
      const isCall =
        before[end - length] === GROUP_5 && indirectCallBytes(before.subarray(end - length + 1)) === length;
      if (isCall) return { target: undefined };
    }
    return undefined;
  },
  interruptedAbove: (words, callersFrame) => {
    const saved = words.indexOf(callersFrame);
    for (let at = saved + 1; saved >= 0 && at + PUSHED_WORDS <= words.length; at++) {
      const pushed = pushedAt(words, at);
      if (pushed && pushed.sp <= callersFrame) return pushed;
    }
    return undefined;
  },
  justInterrupted: (words, sp) => {
    for (const at of [0, ERROR_CODE_WORDS]) {
      const pushed = pushedAt(words, at);
      // The processor aligns the stack to 16 bytes before it pushes.
      const above = sp + BigInt((at + PUSHED_WORDS) * WORD_BYTES);
      if (pushed && pushed.sp >= above && pushed.sp < above + 16n) return pushed;
    }
    return undefined;
  },
};

const WORD_BYTES = 8;
const ERROR_CODE_WORDS = 1;
/** RIP, CS, RFLAGS, RSP, SS, upwards (Intel SDM, volume 3, section 6.14.2, "64-Bit Mode Stack Frame"). */
const PUSHED_WORDS = 5;
/** What was pushed for an interrupt of the kernel's own code, if that is what the words look like. */
function pushedAt(words: readonly bigint[], at: number): Interrupted | undefined {
  const [pc, cs, flags, sp, ss] = words.slice(at, at + PUSHED_WORDS);
  if (pc === undefined || cs === undefined || flags === undefined || sp === undefined || ss === undefined)
    return undefined;
  const isKernel = isSelector(cs) && (cs & PRIVILEGE) === 0n && (ss === 0n || isSelector(ss));
  return isKernel && (flags & NOT_FLAGS) === FLAG_ALWAYS_SET ? { pc, sp } : undefined;
}

/** A selector of the GDT: 13 bits of index, the table's bit clear, the privilege level. */
const PRIVILEGE = 3n;
const isSelector = (word: bigint): boolean => word >= 8n && word < 0x10000n && (word & 4n) === 0n;
/** RFLAGS has a bit that is always set, and many that never are (Intel SDM, volume 1, section 3.4.3). */
const FLAG_ALWAYS_SET = 1n << 1n;
const NOT_FLAGS = ~0x3f7fd5n;

/** How long `FF /2` is with this ModR/M and SIB (Intel SDM, volume 2, section 2.1.5); `undefined` for another instruction. */
function indirectCallBytes([modRm = 0, sib = 0]: Buffer): number | undefined {
  if (((modRm >> 3) & 7) !== CALL_INDIRECT) return undefined;
  const [mode, memory] = [modRm >> 6, modRm & 7];
  if (mode === 3) return 2;
  const hasSib = memory === 4;
  const far = mode === 2 || (mode === 0 && (memory === 5 || (hasSib && (sib & 7) === 5)));
  return 2 + (hasSib ? 1 : 0) + (far ? 4 : mode);
}
