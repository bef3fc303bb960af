import { withoutLogPrefix } from './log-prefix.ts';
import { isTelling } from './report-openings.ts';

/** Words that say only that something is wrong: a line of nothing else is a banner. */
const BANNER_WORDS =
  /\b(?:kernel|kpanic|panic(?:ked)?|fatal|critical|unrecoverable|error|crash(?:ed)?|oops|system|exception|halt(?:ed)?|stop(?:ped)?|occurred|has|the|an?)\b/gi;
const SAYS_NOTHING = /^[^\p{L}\p{N}]*$/u;
/** A register dump, a header of one or of a backtrace: no reason. */
const NO_REASON =
  /^\s*(?:\w{1,8}\s*[:=]?\s*0x[0-9a-f]+|\w{2,4}\s*[:=]\s*[0-9a-f]{8,}|registers?\b|(?:\w+ )?(?:back|stack|call)[ -]?trace\b)/i;
/** How far below a banner the reason is looked for. */
const REASON_WITHIN = 4;

/**
 * The line of a report that says most: its first telling one, else the one that the target's pattern matched. A line that
 * ends in a colon is given its continuation (Rust's message, since 1.73), and a banner (`*** KERNEL PANIC ***`) makes room
 * for the reason below it. Without log prefix.
 * @param lines From the report's first.
 * @param matched Which of them the pattern matched.
 */
export function reportHeadline(lines: readonly string[], matched: number): string {
  const telling = lines.slice(0, matched + 1).findIndex(isTelling);
  const at = telling < 0 ? matched : telling;
  const below = lines.slice(at + 1, at + 1 + REASON_WITHIN).findIndex(isReason);
  const isElsewhere = isBanner(lines[at] ?? '') && !endsInColon(lines[at] ?? '') && below >= 0;
  return continued(lines, isElsewhere ? at + 1 + below : at);
}

function continued(lines: readonly string[], at: number): string {
  const line = withoutLogPrefix(lines[at] ?? '').trim() || (lines[at] ?? '');
  const next = lines[at + 1];
  return endsInColon(line) && next !== undefined && isReason(next) ? `${line} ${withoutLogPrefix(next).trim()}` : line;
}

function endsInColon(line: string): boolean {
  return line.trimEnd().endsWith(':');
}

function isBanner(line: string): boolean {
  return SAYS_NOTHING.test(withoutLogPrefix(line).replaceAll(BANNER_WORDS, ''));
}

function isReason(line: string): boolean {
  return !isBanner(line) && !NO_REASON.test(withoutLogPrefix(line));
}
