import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { armStack } from '../arch/aarch64-stack.ts';
import { x86Stack } from '../arch/x86_64-stack.ts';
import { believableFrames, type WalkedVcpu, walkFrames } from './frame-walk.ts';
import { MOST_FRAMES } from './gdb.ts';

const CODE = 0x1000n;
const CODE_END = 0x3000n;
const STACK = 0x8000n;

/** A guest's memory: what was written into it, zeroes elsewhere in code and stack, and nothing beyond. */
class Memory {
  readonly #bytes = new Map<bigint, number>();

  write(address: bigint, bytes: readonly number[]): this {
    for (const [index, byte] of bytes.entries()) this.#bytes.set(address + BigInt(index), byte);
    return this;
  }

  words(address: bigint, ...words: readonly bigint[]): this {
    const buffer = Buffer.alloc(8 * words.length);
    for (const [index, word] of words.entries()) buffer.writeBigUInt64LE(BigInt.asUintN(64, word), 8 * index);
    return this.write(address, [...buffer]);
  }

  /** A call that returns to `to`, of a function at `target`. */
  call(to: bigint, target: bigint): this {
    const bytes = Buffer.alloc(5, 0xe8);
    bytes.writeInt32LE(Number(target - to), 1);
    return this.write(to - 5n, [...bytes]);
  }

  readonly read = async (address: bigint, bytes: number): Promise<Buffer> => {
    const [first, last] = [address, address + BigInt(bytes) - 1n];
    const isMapped = (at: bigint) => (at >= CODE && at < CODE_END) || (at >= STACK && at < STACK + 0x1000n);
    if (!isMapped(first) || !isMapped(last)) return Buffer.alloc(0);
    return Buffer.from(Array.from({ length: bytes }, (_, index) => this.#bytes.get(address + BigInt(index)) ?? 0));
  };
}

function vcpu(memory: Memory, parts: Partial<WalkedVcpu> & { readonly fp?: bigint }): WalkedVcpu {
  const { fp = 0n } = parts;
  return {
    pc: 0x1010n,
    sp: STACK,
    dump: `RBP=${fp.toString(16)} RSP=0`,
    read: memory.read,
    isCode: (address) => address >= CODE && address < CODE_END,
    functionStart: async () => undefined,
    ...parts,
  };
}

const shown = (frames: Awaited<ReturnType<typeof walkFrames>>) =>
  frames.map(({ address, isReturn }) => `${isReturn ? '' : '='}${address.toString(16)}`);

const walk = async (...args: Parameters<typeof vcpu>) => shown(await walkFrames(vcpu(...args), x86Stack));

describe('a walk', () => {
  const two = () =>
    new Memory()
      .words(STACK + 0x100n, STACK + 0x200n, 0x1100n)
      .words(STACK + 0x200n, 0n, 0x1200n)
      .call(0x1100n, 0x1000n)
      .call(0x1200n, 0x10f0n);

  test('follows the frame pointers to the outermost call', async () => {
    expect(await walk(two(), { fp: STACK + 0x100n })).toEqual(['=1010', '1100', '1200']);
  });

  test('needs no symbols where every return address stands behind a call', async () => {
    expect(await walk(two(), { fp: STACK + 0x100n, isCode: undefined })).toEqual(['=1010', '1100', '1200']);
    const noCall = two().words(STACK + 0x200n, 0n, 0x1300n);
    expect(await walk(noCall, { fp: STACK + 0x100n, isCode: undefined })).toEqual(['=1010', '1100']);
  });

  test.each([
    ['nothing', 0n],
    ['no memory', 0x7fff_0000n],
    ['an odd address', STACK + 0x101n],
    ['no code', STACK + 0x800n],
  ])('tells the PC alone where the frame pointer points to %s', async (_, fp) => {
    expect(await walk(two().words(STACK + 0x800n, 0n, 0x9999_9999n), { fp })).toEqual(['=1010']);
  });

  test('of frames in a circle ends', async () => {
    const circle = two().words(STACK + 0x200n, STACK + 0x100n, 0x1200n);
    expect(await walk(circle, { fp: STACK + 0x100n })).toEqual(['=1010', '1100', '1200']);
  });

  test('of a dump that it cannot read tells the PC', async () => {
    expect(await walk(new Memory(), { dump: 'nonsense' })).toEqual(['=1010']);
  });

  test('whatever is on the stack, ends soon', async () => {
    const word = fc.oneof(
      fc.bigInt({ min: STACK, max: STACK + 0x1000n }).map((address) => address & ~7n),
      fc.bigInt({ min: CODE, max: CODE_END }),
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 512, maxLength: 512 }), word, async (words, fp) => {
        const frames = await walk(new Memory().words(STACK, ...words), { fp });
        expect(frames.length).toBeLessThanOrEqual(MOST_FRAMES);
        expect(frames[0]).toBe('=1010');
      }),
      { numRuns: 50 },
    );
  });
});

describe('a function without a frame', () => {
  test('has a caller, where the stack ends behind a call of it', async () => {
    const memory = new Memory().call(0x1100n, 0x1000n).words(STACK, 0x1100n);
    expect(await walk(memory, { functionStart: async () => 0x1000n })).toEqual(['=1010', '1100']);
    expect(await walk(memory, { functionStart: async () => 0x1008n })).toEqual(['=1010']);
  });

  test('has a caller in X30 on arm64', async () => {
    const memory = new Memory().write(0x10fcn, [0xc1, 0xff, 0xff, 0x97]); // bl 0x1000
    const leaf = vcpu(memory, { dump: 'X29=0 X30=1100 SP=0', functionStart: async () => 0x1000n });
    expect(shown(await walkFrames(leaf, armStack))).toEqual(['=1010', '1100']);
  });

  test('that is nowhere was called from where the stack ends', async () => {
    const memory = new Memory().write(0x10fen, [0xff, 0xd0]).words(STACK, 0x1100n);
    expect(await walk(memory, { pc: 0n })).toEqual(['=0', '1100']);
    expect(await walk(memory, { pc: 0n, isCode: undefined })).toEqual(['=0', '1100']);
  });
});

describe('an exception', () => {
  const FLAGS = 0x246n;

  test('is followed through the registers that the processor and the vector’s code pushed', async () => {
    const frame = STACK + 0x100n;
    const interrupted = STACK + 0x300n;
    const saved = [1n, 2n, interrupted, 3n, 14n, 0n];
    const memory = new Memory()
      .call(0x1100n, 0x1000n)
      .words(frame, interrupted, 0x1100n, ...saved, 0x2000n, 0x8n, FLAGS, STACK + 0x180n, 0x10n)
      .words(interrupted, 0n, 0x1200n)
      .call(0x1200n, 0x1ff0n);
    expect(await walk(memory, { fp: frame })).toEqual(['=1010', '1100', '=2000', '1200']);
  });

  test('that came upon a function without a frame tells who called that', async () => {
    const frame = STACK + 0x100n;
    const callersFrame = STACK + 0x300n;
    const sp = STACK + 0x280n;
    const memory = new Memory()
      .call(0x1100n, 0x1000n)
      .words(frame, callersFrame, 0x1100n, 1n, 2n, callersFrame, 3n, 0x2004n, 0x8n, FLAGS, sp, 0x10n)
      .words(sp, 0x1300n)
      .call(0x1300n, 0x2000n)
      .words(callersFrame, 0n, 0x1200n)
      .call(0x1200n, 0x12f0n);
    const starts = async (pc: bigint) => (pc === 0x2004n ? 0x2000n : undefined);
    const whole = ['=1010', '1100', '=2004', '1300', '1200'];
    expect(await walk(memory, { fp: frame, functionStart: starts })).toEqual(whole);
    expect(await walk(memory, { fp: frame })).toEqual(whole.filter((address) => address !== '1300'));
    const justTaken = { sp: STACK + 0x258n, fp: callersFrame, functionStart: starts };
    const pushed = [0x2004n, 0x8n, FLAGS, sp, 0x10n];
    expect(await walk(memory.words(STACK + 0x258n, ...pushed), justTaken)).toEqual(['=1010', ...whole.slice(2)]);
  });

  test('that has just been taken tells where, with an error code or without', async () => {
    const pushed = [0x2000n, 0x8n, FLAGS, STACK + 0x30n, 0x10n];
    expect(await walk(new Memory().words(STACK, 0n, ...pushed), {})).toEqual(['=1010', '=2000']);
    expect(await walk(new Memory().words(STACK, ...pushed), {})).toEqual(['=1010', '=2000']);
    expect(await walk(new Memory().words(STACK, 0n, 0n, ...pushed), {})).toEqual(['=1010']);
  });
});

test('of a chain that somebody else tells, what could be true is believed', async () => {
  const memory = new Memory().call(0x1100n, 0x1000n);
  const chain = [0x10n, 0x1100n, 0x9999n, 0x1200n].map((address, index) => ({ address, isReturn: index > 0 }));
  expect(shown(await believableFrames(chain, vcpu(memory, {}), x86Stack))).toEqual(['=10', '1100']);
  expect(shown(await believableFrames(chain, vcpu(memory, { isCode: undefined }), x86Stack))).toEqual(['=10', '1100']);
});
