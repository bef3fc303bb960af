import type { CodePlace } from '../verdict/code-place.ts';
import { withoutMachinery } from '../verdict/panic-machinery.ts';
import type { Verdict } from '../verdict/verdict.ts';
import type { VcpuBacktrace } from './backtraces.ts';

/** A function at an address, or the address alone. */
type Namer = (address: bigint) => CodePlace;

/** A verdict whose places have names, and are followed by their callers where those are known. */
export function locatedVerdict(verdict: Verdict, vcpus: readonly VcpuBacktrace[], nameOf: Namer): Verdict {
  switch (verdict.kind) {
    case 'hang': {
      const frames = vcpus.find(({ vcpu }) => vcpu.cpu === verdict.vcpu)?.frames ?? [];
      const [seen] = verdict.frames.map((frame) => named(frame, nameOf));
      return { ...verdict, frames: seen ? fromPlace(seen, frames) : frames };
    }
    case 'crash': {
      const frames = verdict.frames?.map((frame) => named(frame, nameOf)) ?? dyingFrames(vcpus);
      return frames ? { ...verdict, frames: withoutMachinery(frames) } : verdict;
    }
    case 'pass':
    case 'fail':
    case 'timeout':
    case 'skip':
    case 'missing':
    case 'error':
      return verdict;
    default:
      return verdict satisfies never;
  }
}

/**
 * The backtrace from the function on that was found to stand still: an interrupt's handler may lie above it, and a fault
 * that comes over and over may just have been taken.
 */
function fromPlace(seen: CodePlace, frames: readonly CodePlace[]): readonly CodePlace[] {
  const at = frames.findIndex((frame) => isSameFunction(frame, seen));
  return at >= 0 ? frames.slice(at) : [seen, ...frames.slice(1)];
}

/** Of a kernel that died without a backtrace, and still stands in the functions by which it did. */
function dyingFrames(vcpus: readonly VcpuBacktrace[]): readonly CodePlace[] | undefined {
  return vcpus.map(({ frames }) => frames).find((frames) => withoutMachinery(frames).length < frames.length);
}

function isSameFunction(a: CodePlace, b: CodePlace): boolean {
  return a.function === undefined ? addressOf(a) === addressOf(b) : a.function === b.function;
}

function named(place: CodePlace, nameOf: Namer): CodePlace {
  const address = addressOf(place);
  return place.function === undefined && address !== undefined ? nameOf(address) : place;
}

/** `undefined` where a kernel printed a name without one. */
export function addressOf({ address }: CodePlace): bigint | undefined {
  return address === undefined ? undefined : BigInt(address);
}
