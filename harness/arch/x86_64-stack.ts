import { hex } from './interrupt-log.ts';
import type { StackDialect } from './stack.ts';

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
};

/** How long `FF /2` is with this ModR/M and SIB (Intel SDM, volume 2, section 2.1.5); `undefined` for another instruction. */
function indirectCallBytes([modRm = 0, sib = 0]: Buffer): number | undefined {
  if (((modRm >> 3) & 7) !== CALL_INDIRECT) return undefined;
  const [mode, memory] = [modRm >> 6, modRm & 7];
  if (mode === 3) return 2;
  const hasSib = memory === 4;
  const far = mode === 2 || (mode === 0 && (memory === 5 || (hasSib && (sib & 7) === 5)));
  return 2 + (hasSib ? 1 : 0) + (far ? 4 : mode);
}
