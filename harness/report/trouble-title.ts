import { visible } from '../lines/visible.ts';
import type { TroubleSection } from './failures.ts';
import { listed } from './layout.ts';
import type { Column } from './model.ts';

/** What a section of troubled cases is about. */
export function troubleTitle({ trouble, on, elsewhere }: TroubleSection, columns: readonly Column[]): string {
  const names = (list: readonly number[]) => listed(list.map((column) => visible(columns[column]?.label ?? '')));
  const where = columns.length > 1 ? ` on ${names(on)}` : '';
  const oneSided = elsewhere.length > 0;
  // Everywhere else: all their names would say less.
  const isRest = elsewhere.length > 2 && on.length + elsewhere.length === columns.length;
  switch (trouble) {
    case 'failing':
      if (isRest) return `Fails on ${names(on)}, passes everywhere else`;
      return oneSided ? `Passes on ${names(elsewhere)}, not on ${names(on)}` : `Fails${where}`;
    case 'wrong-test': {
      const passes = oneSided ? `, though it passes ${isRest ? 'everywhere else' : `on ${names(elsewhere)}`}` : '';
      return `Fails${where}, and on the oracle too: the test’s fault${passes}`;
    }
    case 'error':
      return `Could not be judged${where}: the infrastructure failed, not the kernel`;
    case 'missing':
      if (isRest) return `Missing on ${names(on)}, present everywhere else`;
      return oneSided ? `Missing on ${names(on)}, present on ${names(elsewhere)}` : `Missing${where}`;
    case 'absent':
      if (isRest) return `No result on ${names(on)}, but everywhere else`;
      return oneSided ? `No result on ${names(on)}, only on ${names(elsewhere)}` : `No result${where}`;
    default:
      return trouble satisfies never;
  }
}
