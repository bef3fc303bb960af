import { type ScannedEvent, Told } from '../../arch/interrupt-bytes.ts';

/** `0xffffffff81000000`: as reports and JSON hold an address. */
export type Address = string;

export function addressOf(high: number, low: number): Address {
  return `0x${(BigInt.asUintN(32, BigInt(high)) * 2n ** 32n + BigInt.asUintN(32, BigInt(low))).toString(16)}`;
}

export function pcOf(event: Pick<ScannedEvent, 'told' | 'pcHigh' | 'pcLow'>): Address | undefined {
  return (event.told & Told.pc) === 0 ? undefined : addressOf(event.pcHigh, event.pcLow);
}

export function faultAddressOf(event: Pick<ScannedEvent, 'told' | 'faultHigh' | 'faultLow'>): Address | undefined {
  return (event.told & Told.faultAddress) === 0 ? undefined : addressOf(event.faultHigh, event.faultLow);
}
