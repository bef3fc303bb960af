import { visible } from '../lines/visible.ts';
import type { TroubleSection } from './failures.ts';
import { listed } from './layout.ts';
import type { Column } from './model.ts';

/** What a section of troubled cases is about. */
export function troubleTitle({ trouble, on, elsewhere }: TroubleSection, columns: readonly Column[]): string {
  const names = (list: readonly number[]) => listed(list.map((column) => visible(columns[column]?.label ?? '')));
  const where = columns.length > 1 ? ` on ${names(on)}` : '';
  const oneSided = elsewhere.length > 0;
  switch (trouble) {
    case 'failing':
      return oneSided ? `Passes on ${names(elsewhere)}, not on ${names(on)}` : `Fails${where}`;
    case 'error':
      return `Could not be judged${where}: the infrastructure failed, not the kernel`;
    case 'missing':
      return oneSided ? `Missing on ${names(on)}, present on ${names(elsewhere)}` : `Missing${where}`;
    case 'absent':
      return oneSided ? `No result on ${names(on)}, only on ${names(elsewhere)}` : `No result${where}`;
    default:
      return trouble satisfies never;
  }
}
