import type { z } from 'zod';
import { DeclarationError } from './errors.ts';
import { expected, shown } from './expected.ts';

type Issue = z.core.$ZodIssue;

const MOST_ISSUES = 8;

/** @throws DeclarationError naming the file when its text is not JSON. */
export function parseJson(text: string, fileName: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DeclarationError(`${fileName}: not JSON, or cut short after ${text.length} characters: ${why}`, {
      cause,
    });
  }
}

/** One line for each place in a checked document that is not as it should be. */
export function describeIssues(fileName: string, document: unknown, issues: readonly Issue[]): string {
  const lines = issues.slice(0, MOST_ISSUES).map((issue) => `${fileName}: ${describeIssue(document, issue)}`);
  const more = issues.length - lines.length;
  return [...lines, ...(more > 0 ? [`… and ${more} more`] : [])].join('\n');
}

function describeIssue(document: unknown, issue: Issue): string {
  const place = placeOf(issue.path);
  const got = valueAt(document, issue.path);
  switch (issue.code) {
    case 'invalid_value':
      return expected(place, issue.values.map(String), got);
    case 'invalid_union':
      return expected(place, 'options' in issue ? (issue.options ?? []).map(String) : [], got);
    case 'unrecognized_keys':
      return `${place}: unknown field ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}`;
    case 'invalid_type':
      return `${place}: expected ${issue.expected}, got ${shown(got)}`;
    default:
      return `${place}: ${issue.message.replace(/^Too (?:small|big): /, '')}, got ${shown(got)}`;
  }
}

/** `results[3].verdict.kind`, as JavaScript would write it. */
function placeOf(path: readonly PropertyKey[]): string {
  const written = path.map((step) => {
    if (typeof step === 'number') return `[${step}]`;
    return /^[\w$]+$/.test(String(step)) ? `.${String(step)}` : `[${JSON.stringify(String(step))}]`;
  });
  return written.join('').replace(/^\./, '') || 'the document';
}

function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined),
    document,
  );
}
