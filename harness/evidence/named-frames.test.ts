import { expect, test } from 'vitest';
import { Deadline } from '../units.ts';
import type { CodePlace } from '../verdict/code-place.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { namedFrames } from './named-frames.ts';
import type { CodeAddress } from './symbols.ts';

/** Two functions of 0x100 bytes each, and nothing behind them. */
function nameAt(address: bigint): CodePlace {
  const place = { address: `0x${address.toString(16)}` };
  if (address < 0x1000n || address >= 0x1200n) return place;
  return { ...place, function: address < 0x1100n ? 'mount' : 'read', offset: Number(address % 0x100n) };
}

const symbols = {
  places: async (addresses: readonly bigint[]) => addresses.map(nameAt),
  frames: async (chain: readonly CodeAddress[]) =>
    chain.map(({ address, isReturn }) => [nameAt(isReturn ? address - 1n : address)]),
};

async function namesIn(verdict: Verdict): Promise<(string | undefined)[]> {
  return (await namedFrames(verdict, symbols, Deadline.after(60_000))).map(({ function: name }) => name);
}

function crash(cause: 'panic' | 'reset', ...addresses: string[]): Verdict {
  return { kind: 'crash', cause, title: 'x', frames: addresses.map((address) => ({ address })) };
}

test('a printed address is where a call returns to, also when that is behind the function or at the next one', async () => {
  expect(await namesIn(crash('panic', '0x1010', '0x1020'))).toEqual(['mount', 'mount']);
  expect(await namesIn(crash('panic', '0x1200', '0x1100'))).toEqual(['read', 'mount']);
  expect(await namesIn(crash('panic', '0x1100'))).toEqual(['mount']);
});

test('where the processor faulted is the very instruction', async () => {
  expect(await namesIn(crash('reset', '0x1100'))).toEqual(['read']);
});

test('a name that the kernel printed itself stays, and an address that nobody knows', async () => {
  const frames = [{ function: 'sysrq_handle_crash' }, { address: '0x9000' }];
  expect(
    await namedFrames({ kind: 'crash', cause: 'panic', title: 'x', frames }, symbols, Deadline.after(60_000)),
  ).toEqual([{ function: 'sysrq_handle_crash' }, { address: '0x8fff' }]);
});

test('other verdicts have none', async () => {
  expect(await namesIn({ kind: 'fail', reason: 'x' })).toEqual([]);
});
