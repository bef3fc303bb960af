import { withoutLogPrefix } from './log-prefix.ts';

/** A line that a kernel begins a crash report with, or goes on with after an earlier such line. */
interface Opening {
  readonly pattern: RegExp;
  /** It says what happened. Default `true`; `false` for a mere frame around the line that does. */
  readonly tells?: false;
  /** The report that it belongs to has a last line of its own. */
  readonly hasEnd?: true;
}

/** Matched against lines without their log prefix. */
const OPENINGS: readonly Opening[] = [
  // Linux, all architectures (kernel/panic.c, lib/bug.c, mm/kasan/report.c, kernel/watchdog.c).
  { pattern: /^-+\[ cut here \]-+/, tells: false, hasEnd: true },
  { pattern: /^(?:watchdog: )?BUG: / },
  { pattern: /^Kernel panic - not syncing\b/, hasEnd: true },
  { pattern: /^kernel BUG at / },
  { pattern: /^WARNING: CPU: \d+ PID: \d+ at / },
  { pattern: /^UBSAN: / },
  // Linux on x86 (arch/x86/kernel/dumpstack.c, traps.c): whatever it was, a number of oopses ends the line.
  { pattern: /: [0-9a-f]{4,16} \[#\d+\]/, hasEnd: true },
  { pattern: /^(?:traps: )?PANIC: (?:double fault|early exception)/ },
  // Linux on arm64 (arch/arm64/mm/fault.c, kernel/traps.c).
  { pattern: /^Unable to handle kernel / },
  { pattern: /^Internal error: /, hasEnd: true },
  { pattern: /^(?:SError Interrupt on CPU|Bad mode in |Unhandled fault: )/ },
  // Rust: the message follows, on this line before 1.73 and on the next one since.
  { pattern: /\bpanicked at\b/ },
  // xv6 and its many children, then the words that most kernels choose.
  { pattern: /^unexpected trap \d+ from cpu/ },
  {
    pattern:
      /^(?:unhandled|unexpected|uncaught)\b(?!.*\bhandlers?\b).{0,60}\b(?:exception|trap|fault|abort|interrupt)\b/i,
  },
  { pattern: /^(?:kernel |CPU )?EXCEPTION: / },
  { pattern: /^ASSERTION FAILED\b|^assertion\b.{0,200}\bfailed\b/i },
];

/** Lines that only set a report apart from what stands above it: `=======`. */
const DECORATION = /^[\s=*#~_!-]{10,}$/;
const DECORATION_LINES = 2;
/** How far above the line that matched, and above an opening, another one is looked for: an oops prints some sixty lines. */
const LOOK_BACK = 120;
const BETWEEN_OPENINGS = 40;
/** What Linux repeats of an oops between its last line and the panic that comes of it. */
const AFTER_OOPS = 40;

/** The last line of an oops. A panic may come of it, and belongs to it. */
const OOPS_END = /^---\[ end trace\b/;
/** The last line of all. */
const REPORT_END = /^---\[ end (?!trace\b)|^Rebooting in \d+ seconds/;
/** A panic that comes of an oops. */
const AFTERMATH = /^Kernel panic\b/;

/** What a line says of the report that it stands in. */
export type LineRole = 'opening' | 'opening that has an end' | 'end of an oops' | 'end' | 'other';

/** Cheap, for what comes in floods: whether a line may be the last one of a report. */
export function mayEnd(line: string): boolean {
  return line.includes('---[ end ') || line.includes('Rebooting in ');
}

export function roleOf(line: string): LineRole {
  const text = withoutLogPrefix(line);
  if (REPORT_END.test(text)) return 'end';
  if (OOPS_END.test(text)) return 'end of an oops';
  const opening = OPENINGS.find(({ pattern }) => pattern.test(text));
  if (opening) return opening.hasEnd ? 'opening that has an end' : 'opening';
  return 'other';
}

export function isAftermath(line: string): boolean {
  return AFTERMATH.test(withoutLogPrefix(line));
}

/** Whether a line says what happened, as far as anyone knows its kernel. */
export function isTelling(line: string): boolean {
  const text = withoutLogPrefix(line);
  return OPENINGS.some(({ pattern, tells = true }) => tells && pattern.test(text));
}

/**
 * Where the report begins whose line a target's pattern matched: many kernels say what happened first, and that it was
 * fatal last.
 * @param before The lines above it.
 * @returns how many of those belong to the report.
 */
export function linesBeforePanic(before: readonly string[], panic: string): number {
  let begins = 0;
  for (let above = 1; above <= Math.min(before.length, LOOK_BACK); above++) {
    if (begins > 0 && above > begins + BETWEEN_OPENINGS) break;
    const role = roleOf(before[before.length - above] as string);
    if (role === 'end') break;
    if (role === 'end of an oops') {
      // Another oops, long over; or the one that this panic comes of.
      if (begins > 0 || !isAftermath(panic) || above > AFTER_OOPS) break;
    } else if (role !== 'other') begins = above;
  }
  return begins + decorationAbove(before.slice(0, before.length - begins));
}

function decorationAbove(lines: readonly string[]): number {
  let count = 0;
  while (count < DECORATION_LINES && DECORATION.test(withoutLogPrefix(lines[lines.length - 1 - count] ?? ''))) count++;
  return count;
}
