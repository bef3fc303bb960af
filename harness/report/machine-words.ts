import { visible } from '../lines/visible.ts';
import { Groups } from './groups.ts';
import { listed } from './layout.ts';
import type { MachineDifference } from './machines.ts';

/** `network: user (restrict true) on x86_64, none on aarch64`; where there are more, `network: none on aarch64/tiny, user elsewhere`. */
export function describeDifference({ field, values }: MachineDifference, labels: readonly string[]): string {
  const groups = new Groups<{ value: string; on: string[] }>();
  for (const [column, value] of values.entries())
    groups.at([value], () => ({ value, on: [] })).on.push(visible(labels[column] ?? ''));
  const sides = labels.length > 2 ? groups.values.sort((a, b) => a.on.length - b.on.length) : groups.values;
  const told = sides.map(({ value, on }, index) =>
    on.length > 2 && index === sides.length - 1 ? `${value} elsewhere` : `${value} on ${listed(on)}`,
  );
  return `${field}: ${told.join(', ')}`;
}

/** What to say beside failures that the machines may explain; nothing where they do not. */
export function describeSuspects(suspects: readonly MachineDifference[], labels: readonly string[]): string[] {
  return suspects.map((difference) => `may be the machine: ${describeDifference(difference, labels)}`);
}
