import { visibleLine } from '../lines/visible.ts';
import { describeFrames } from '../verdict/code-place.ts';
import { describeVerdict } from '../verdict/describe.ts';
import type { Verdict } from '../verdict/verdict.ts';

/**
 * What a verdict has in common with others of the same cause: its kind and its words, without what differs from case to
 * case (the command in backticks, addresses, long numbers, times). Exit statuses are short numbers and stay.
 */
export function causeOf(verdict: Verdict): string {
  const words =
    verdict.kind === 'hang'
      ? `hang (${verdict.how}): ${describeFrames(verdict.frames)}`
      : verdict.kind === 'timeout'
        ? `timeout: waiting for ${visibleLine(verdict.waitingFor)}`
        : describeVerdict(verdict);
  return words
    .replaceAll(/`[^`]*`/g, '`…`')
    .replaceAll(/\b0x[0-9a-f]+\b/gi, 'ADDR')
    .replaceAll(/\b\d+(?:\.\d+)? ?(?:ms|s|min)\b/g, 'some time')
    .replaceAll(/\b(v?cpu|pid|tid)( ?#? ?)\d+\b/gi, '$1$2N')
    .replaceAll(/\b\d{4,}\b/g, 'N');
}
