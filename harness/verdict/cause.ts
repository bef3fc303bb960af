import { createHash } from 'node:crypto';
import { visibleLine } from '../lines/visible.ts';
import type { CodePlace } from './code-place.ts';
import { describeVerdict } from './describe.ts';
import type { Verdict } from './verdict.ts';

/** So many of the innermost functions tell one cause from another: what called them differs from case to case. */
const TELLING_FRAMES = 3;

/**
 * What a verdict has in common with others of the same cause: its kind, its words and the functions at fault, without what
 * differs from case to case (the command in backticks, addresses, long numbers, times, counts of interrupts). Exit statuses
 * are short numbers and stay.
 */
export function causeOf(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'hang':
      return `hang (${verdict.how})${inFunctions(verdict.frames)}`;
    case 'crash':
      return `${common(`crash (${verdict.cause}): ${visibleLine(verdict.title)}`)}${inFunctions(verdict.frames ?? [])}`;
    case 'timeout':
      return common(`timeout: waiting for ${visibleLine(verdict.waitingFor)}`);
    case 'pass':
    case 'fail':
    case 'skip':
    case 'missing':
    case 'error':
    case 'unexpected-pass':
      return common(describeVerdict(verdict));
    case 'expected-failure':
      return causeOf(verdict.actual);
    default:
      return verdict satisfies never;
  }
}

/** Short, and the same for the same cause, in another run and on another architecture as well. */
export function fingerprintOf(verdict: Verdict): string {
  return createHash('sha256').update(causeOf(verdict)).digest('hex').slice(0, 12);
}

function common(words: string): string {
  return words
    .replaceAll(/`[^`]*`/g, '`…`')
    .replace(/^(fail: interrupts: expected .*); counted .*$/, '$1')
    .replaceAll(/\b0x[0-9a-f]+\b/gi, 'ADDR')
    .replaceAll(/\b\d+(?:\.\d+)? ?(?:ms|s|min)\b/g, 'some time')
    .replaceAll(/\b(v?cpu|pid|tid)( ?#? ?)\d+\b/gi, '$1$2N')
    .replaceAll(/\b\d{4,}\b/g, 'N');
}

/** Without symbols the address tells, as long as the kernel is not built anew. */
function inFunctions(frames: readonly CodePlace[]): string {
  const [innermost] = frames;
  if (!innermost) return '';
  const names = frames.flatMap(({ function: name }) => name ?? []).slice(0, TELLING_FRAMES);
  return ` ${visibleLine(names.length > 0 ? `in ${names.join(' ← ')}` : `at ${innermost.address ?? 'an unknown place'}`, 300)}`;
}
