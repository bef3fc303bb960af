import { hex } from './interrupt-log.ts';
import type { StackDialect } from './stack.ts';

// Arm ARM, C6.2: BL, BLR, BLRA.
const BL = { mask: 0xfc000000, value: 0x94000000 };
const INDIRECT = [
  { mask: 0xfffffc1f, value: 0xd63f0000 },
  { mask: 0xfefff800, value: 0xd63f0800 },
];
/** Addresses are of 48 bits; above them pointer authentication keeps its code, but for bit 55, which tells the half. */
const ADDRESS_BITS = 48;
const HALF = 1n << 55n;

export const armStack: StackDialect = {
  registers: (dump) => {
    const [fp, lr] = [/\bX29=(?<x>[0-9a-f]+)/, /\bX30=(?<x>[0-9a-f]+)/].map((name) => name.exec(dump)?.groups?.x);
    if (fp === undefined || lr === undefined) return undefined;
    return { framePointer: hex(fp), linkRegister: hex(lr), wordBytes: 8 };
  },
  codeAddress: (word) => {
    const address = BigInt.asUintN(ADDRESS_BITS, word);
    return (word & HALF) === 0n ? address : BigInt.asUintN(64, address | (-1n << BigInt(ADDRESS_BITS)));
  },
  callBefore: (before, address) => {
    if (before.length < 4 || address % 4n !== 0n) return undefined;
    const word = before.readUInt32LE(before.length - 4);
    const matches = ({ mask, value }: { mask: number; value: number }) => (word & mask) >>> 0 === value;
    if (matches(BL)) return { target: BigInt.asUintN(64, address - 4n + BigInt.asIntN(28, BigInt(word) << 2n)) };
    return INDIRECT.some(matches) ? { target: undefined } : undefined;
  },
};
