import { visible } from '../lines/visible.ts';
import { type ClassCounts, differingClasses } from './interrupt-profiles.ts';
import { counted } from './layout.ts';
import type { TargetParity } from './model.ts';

const MOST_LINES = 3;

/** What the kernel took on one side only, or far more often on one, a line for each class. */
export function interruptLines({ interruptProfiles, columns }: TargetParity): string[] {
  if (!interruptProfiles) return [];
  const differing = differingClasses(interruptProfiles);
  const where = `interrupts in ${counted(interruptProfiles.cases, 'case')}`;
  const lines = differing.slice(0, MOST_LINES).map((each) => {
    const sides = columns.map(
      ({ label }, column) => `${each.counts[column] || 'none'} on ${visible(label)}${describeMost(each, column)}`,
    );
    return `${where}, ${each.class}: ${sides.join(', ')}`;
  });
  const more = differing.length - MOST_LINES;
  return more > 0 ? [...lines, `${where}: ${more} more ${more === 1 ? 'class differs' : 'classes differ'}`] : lines;
}

/** ` (more, 4.0 ×)` for the environment where it came most often. */
function describeMost({ counts, difference }: ClassCounts, column: number): string {
  if (difference?.kind !== 'factor' || counts.indexOf(Math.max(...counts)) !== column) return '';
  return ` (more, ${difference.factor.toFixed(1)} ×)`;
}
