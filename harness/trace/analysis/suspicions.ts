import { type ScannedEvent, Told } from '../../arch/interrupt-bytes.ts';
import { type Address, addressOf, pcOf } from './address.ts';

/** What a stack pointer or a program counter should not be. */
export type SuspicionKind =
  | 'sp-unaligned'
  | 'sp-non-canonical'
  | 'sp-out-of-range'
  | 'kernel-on-user-stack'
  | 'user-on-kernel-stack'
  | 'user-at-kernel-address'
  | 'user-touched-kernel-address';

export interface Suspicion {
  readonly kind: SuspicionKind;
  readonly count: number;
  /** The numbers of the first and the last. */
  readonly first: number;
  readonly last: number;
  /** Of the first. */
  readonly pc?: Address;
  /** The address that is wrong. */
  readonly address: Address;
}

/** Addresses that a stack may lie at, the end not among them. */
export interface AddressRange {
  readonly from: bigint;
  readonly to: bigint;
}

interface Found {
  count: number;
  readonly first: number;
  last: number;
  readonly pc: Address | undefined;
  readonly address: Address;
}

/** Code that the kernel lends to programs at an address of its own (Linux, Documentation/arch/x86/x86_64/mm.rst, vsyscall). */
const VSYSCALL = { high: 0xffffffff | 0, low: 0xff600000 | 0 } as const;
const PAGE = ~0xfff;

/**
 * Looks at every stack pointer and program counter of 64-bit code. Whose an address is, the upper half and the lower tell:
 * a kernel that runs in the lower half is not suspected of anything that needs to know.
 */
export class Suspicions {
  readonly #found = new Map<SuspicionKind, Found>();
  readonly #ranges: readonly AddressRange[];

  /** @param ranges Where the kernel's stacks lie; none: nobody said. */
  constructor(ranges: readonly AddressRange[]) {
    this.#ranges = ranges;
  }

  take(event: ScannedEvent, number: number): void {
    if (event.inSystemManagement || event.from === undefined || event.class === 'exception-return') return;
    const isUser = event.from === 'user';
    const isUpper = event.pcHigh < 0;
    if ((event.told & Told.sp) !== 0 && event.codeBits !== 32) {
      const { spHigh, spLow } = event;
      if ((spLow & 7) !== 0) this.#suspect('sp-unaligned', event, number, spHigh, spLow);
      if (isNonCanonical(spHigh)) this.#suspect('sp-non-canonical', event, number, spHigh, spLow);
      else if (isUser && spHigh < 0) this.#suspect('user-on-kernel-stack', event, number, spHigh, spLow);
      else if (event.from === 'kernel' && isUpper && spHigh >= 0)
        this.#suspect('kernel-on-user-stack', event, number, spHigh, spLow);
      if (this.#ranges.length > 0 && event.from === 'kernel' && !this.#isInRange(spHigh, spLow))
        this.#suspect('sp-out-of-range', event, number, spHigh, spLow);
    }
    if (!isUser) return;
    const isLent = event.pcHigh === VSYSCALL.high && (event.pcLow & PAGE) === VSYSCALL.low;
    if ((event.told & Told.pc) !== 0 && isUpper && !isLent)
      this.#suspect('user-at-kernel-address', event, number, event.pcHigh, event.pcLow);
    else if ((event.told & Told.faultAddress) !== 0 && event.faultHigh < 0 && event.class !== 'irq' && !isLent)
      this.#suspect('user-touched-kernel-address', event, number, event.faultHigh, event.faultLow);
  }

  facts(): Suspicion[] {
    return [...this.#found].map(([kind, { count, first, last, pc, address }]) => ({
      kind,
      count,
      first,
      last,
      ...(pc ? { pc } : {}),
      address,
    }));
  }

  #suspect(kind: SuspicionKind, event: ScannedEvent, number: number, high: number, low: number): void {
    const found = this.#found.get(kind);
    if (found) {
      found.count++;
      found.last = number;
    } else
      this.#found.set(kind, {
        count: 1,
        first: number,
        last: number,
        pc: pcOf(event),
        address: addressOf(high, low),
      });
  }

  #isInRange(high: number, low: number): boolean {
    const address = BigInt(addressOf(high, low));
    return this.#ranges.some(({ from, to }) => address >= from && address <= to);
  }
}

/** Five levels of page tables leave 57 bits: what is wrong with them is wrong with fewer. */
function isNonCanonical(high: number): boolean {
  const sign = high >> 24;
  return sign !== 0 && sign !== -1;
}
