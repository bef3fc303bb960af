import { visibleLine } from '../lines/visible.ts';
import { formatMillis } from '../units.ts';
import { describeFrames } from './code-place.ts';
import { describeReason } from './expected-failure.ts';
import { describeStandstill } from './standstill.ts';
import type { Verdict } from './verdict.ts';

/** A verdict for people: one line, bounded, safe to print. */
export function describeVerdict(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'pass':
      return 'pass';
    case 'fail':
      return `fail: ${words(verdict.reason)}`;
    case 'crash':
      return `crash (${verdict.cause}): ${words(verdict.title)}${verdict.frames?.length ? `; at ${describeFrames(verdict.frames)}` : ''}`;
    case 'hang':
      return `hang (${verdict.how}): ${describeStandstill(verdict)}; waiting for ${words(verdict.waitingFor)}`;
    case 'timeout':
      return `timeout after ${formatMillis(verdict.afterMs)}: waiting for ${words(verdict.waitingFor)}`;
    case 'skip':
      return `skip: ${words(verdict.because)}`;
    case 'missing':
      return `missing: ${words(verdict.what)}`;
    case 'error':
      return `error: ${words(verdict.reason)}`;
    case 'expected-failure':
      return `expected failure (${describeReason(verdict)}): ${describeVerdict(verdict.actual)}`;
    case 'unexpected-pass':
      return `unexpected pass: declared to fail (${describeReason(verdict)})`;
    default:
      return verdict satisfies never;
  }
}

function words(text: string): string {
  return visibleLine(text) || 'no reason given';
}
