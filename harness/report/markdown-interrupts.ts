import { differingClasses } from './interrupt-profiles.ts';
import { counted } from './layout.ts';
import { markdownTable, markdownText } from './markdown-text.ts';
import type { TargetParity } from './model.ts';

/** What the kernel took, by class; nothing where no class says something. */
export function interruptsPart({ interruptProfiles, columns }: TargetParity): string[] {
  if (!interruptProfiles || differingClasses(interruptProfiles).length === 0) return [];
  const { cases, classes } = interruptProfiles;
  const what = `What the kernel took in ${counted(cases, 'case')} that ended alike in every environment; in bold what differs notably.`;
  const body = classes.map(({ class: kind, counts, difference }) => [
    difference?.kind === 'factor' ? `${kind} (${difference.factor.toFixed(1)} ×)` : kind,
    ...counts.map((count) => (difference ? `**${count}**` : String(count))),
  ]);
  return [
    ...['### Interrupts', '', what, ''],
    ...markdownTable(['Class', ...columns.map(({ label }) => markdownText(label))], body),
  ];
}
