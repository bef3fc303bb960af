import type { CodePlace } from '../verdict/code-place.ts';
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
    case 'crash':
      return verdict.frames ? { ...verdict, frames: verdict.frames.map((frame) => named(frame, nameOf)) } : verdict;
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

function isSameFunction(a: CodePlace, b: CodePlace): boolean {
  return a.function === undefined ? BigInt(a.address) === BigInt(b.address) : a.function === b.function;
}

function named(place: CodePlace, nameOf: Namer): CodePlace {
  return place.function === undefined ? nameOf(BigInt(place.address)) : place;
}
