import type { CodePlace } from '../verdict/code-place.ts';
import { withoutMachinery } from '../verdict/panic-machinery.ts';
import type { Failure, Verdict } from '../verdict/verdict.ts';
import type { VcpuBacktrace } from './backtraces.ts';
import { addressOf } from './named-frames.ts';

/** All of them stand with the evidence. */
const MOST_FRAMES = 16;

/**
 * A verdict whose places have names, and are followed by their callers where those are known.
 * @param named Its own frames, with names.
 */
export function locatedVerdict(
  verdict: Verdict,
  vcpus: readonly VcpuBacktrace[],
  named: readonly CodePlace[],
): Verdict {
  switch (verdict.kind) {
    case 'fail':
    case 'crash':
    case 'hang':
    case 'timeout':
      return locatedFailure(verdict, vcpus, named);
    case 'expected-failure':
      return { ...verdict, actual: locatedFailure(verdict.actual, vcpus, named) };
    case 'pass':
    case 'skip':
    case 'missing':
    case 'error':
    case 'unexpected-pass':
      return verdict;
    default:
      return verdict satisfies never;
  }
}

function locatedFailure(failure: Failure, vcpus: readonly VcpuBacktrace[], named: readonly CodePlace[]): Failure {
  switch (failure.kind) {
    case 'hang': {
      const frames = vcpus.find(({ vcpu }) => vcpu.cpu === failure.vcpu)?.frames ?? [];
      const [seen] = named;
      return { ...failure, frames: (seen ? fromPlace(seen, frames) : frames).slice(0, MOST_FRAMES) };
    }
    case 'crash': {
      const frames = named.length > 0 ? named : dyingFrames(vcpus);
      return frames ? { ...failure, frames: withoutMachinery(frames).slice(0, MOST_FRAMES) } : failure;
    }
    case 'fail':
    case 'timeout':
      return failure;
    default:
      return failure satisfies never;
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
