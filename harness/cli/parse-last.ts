import { InvalidArgumentError } from 'commander';

const MOST_LAST = 10_000;

/** `--last N`. @throws InvalidArgumentError for anything else than a number that somebody may read to its end. */
export function parseLast(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > MOST_LAST)
    throw new InvalidArgumentError(`Expected a number from 1 to ${MOST_LAST}.`);
  return number;
}
