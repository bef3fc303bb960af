import type { z } from 'zod';
import { DeclarationError } from '../errors.ts';
import { expected, shown } from '../expected.ts';

/**
 * Checks a declaration against its schema.
 * @param what Names the declaration in messages: `suite "signals"`.
 * @throws DeclarationError that lists every mistake, each with its place and what was expected there.
 */
export function checkDeclaration<T>(what: string, schema: z.ZodType, declared: T): T {
  const result = schema.safeParse(declared, { reportInput: true });
  if (!result.success) refuse(what, result.error.issues.flatMap(describeIssue));
  return declared;
}

/** @throws DeclarationError that lists the mistakes in a declaration. */
export function refuse(what: string, mistakes: readonly string[]): never {
  throw new DeclarationError(`${what}: ${mistakes.join('\n  ')}`);
}

function describeIssue(issue: z.core.$ZodIssue): string[] {
  const place = formatPath(issue.path);
  const at = (message: string) => [place ? `${place}: ${message}` : message];
  switch (issue.code) {
    case 'invalid_value':
      return [expected(place || 'value', issue.values.map(String), issue.input)];
    case 'invalid_type':
      return at(
        issue.message.startsWith('Invalid input')
          ? `expected ${issue.expected}, got ${shown(issue.input)}`
          : issue.message,
      );
    case 'invalid_key':
      return issue.issues.flatMap((inner) => describeIssue({ ...inner, path: issue.path }));
    default:
      return at(issue.message);
  }
}

/** `cases."alarm() fires".timeout`, `targets[0].images`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      const name = /^[\w-]+$/.test(String(part)) ? String(part) : JSON.stringify(String(part));
      return index === 0 ? name : `.${name}`;
    })
    .join('');
}
