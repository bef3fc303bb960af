import { parseArgs } from 'node:util';
import { DeclarationError } from '../errors.ts';

export interface BenchArguments {
  /** Beginnings of entries' names; none: all. */
  readonly prefixes: readonly string[];
  /** `undefined`: each benchmark's own. */
  readonly rounds: number | undefined;
  /** A goal that is missed fails the run. */
  readonly strict: boolean;
}

/**
 * Reads `[NAME…] [--rounds N] [--strict]`.
 * @param names Every entry that there is.
 * @throws DeclarationError for what cannot be meant; a name that no entry begins with is answered with the list.
 */
export function parseBenchArguments(args: readonly string[], names: readonly string[]): BenchArguments {
  const { values, positionals } = parse(args);
  const unknown = positionals.find((prefix) => !names.some((name) => name.startsWith(prefix)));
  if (unknown !== undefined)
    throw new DeclarationError(
      `no benchmark's name starts with ${JSON.stringify(unknown)}; there are\n${names.map((name) => `  ${name}`).join('\n')}`,
    );
  return { prefixes: positionals, rounds: parseRounds(values.rounds), strict: values.strict ?? false };
}

export function isWanted(name: string, prefixes: readonly string[]): boolean {
  return prefixes.length === 0 || prefixes.some((prefix) => name.startsWith(prefix));
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { rounds: { type: 'string' }, strict: { type: 'boolean' } },
    });
  } catch (error) {
    throw new DeclarationError((error as Error).message, { cause: error });
  }
}

function parseRounds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new DeclarationError(`--rounds: expected a whole number from 1 to 9999, got ${JSON.stringify(text)}`);
  return Number(text);
}
