import type { Deadline } from '../units.ts';
import type { CodePlace } from '../verdict/code-place.ts';
import { regardlessOfExpectation } from '../verdict/expected-failure.ts';
import type { Verdict } from '../verdict/verdict.ts';
import type { CodeAddress, Symbols } from './symbols.ts';

/** The frames of a verdict, with the names of those that are but addresses. */
export async function namedFrames(
  judged: Verdict,
  symbols: Pick<Symbols, 'places' | 'frames'>,
  within: Deadline,
): Promise<readonly CodePlace[]> {
  const verdict = regardlessOfExpectation(judged);
  if (verdict.kind !== 'hang' && verdict.kind !== 'crash') return [];
  const frames = verdict.frames ?? [];
  const addresses = frames.map(addressOf);
  const [innermost] = await symbols.places(addresses.slice(0, 1).filter(isKnown), within);
  // What a kernel prints of itself is where its calls return to, unless the processor stopped it.
  const isPrinted = verdict.kind === 'crash' && verdict.cause === 'panic';
  const isCall = isPrinted && isOutsideOrAtStart(innermost);
  const chain = addresses.map(
    (address, index): CodeAddress => ({ address: address ?? 0n, isReturn: index > 0 || isCall }),
  );
  const groups = await symbols.frames(chain, within);
  return frames.flatMap((frame, index) =>
    frame.function === undefined && frame.address !== undefined ? (groups[index] ?? frame) : frame,
  );
}

/** A call that never returns may be the last thing in its function: it returns to the next one, or to no function. */
function isOutsideOrAtStart(place: CodePlace | undefined): boolean {
  return place?.function === undefined || (place.offset ?? 0) === 0;
}

function isKnown(address: bigint | undefined): address is bigint {
  return address !== undefined;
}

/** `undefined` where a kernel printed a name without one. */
export function addressOf({ address }: CodePlace): bigint | undefined {
  return address === undefined ? undefined : BigInt(address);
}
