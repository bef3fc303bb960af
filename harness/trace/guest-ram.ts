import type { TableLayout, TableReading } from './result-table.ts';
import type { RingLayout, RingReading } from './ring.ts';

/** What can be read from a guest's RAM, by name. */
export interface GuestRamLayout {
  readonly rings: { readonly [name: string]: RingLayout };
  readonly tables: { readonly [name: string]: TableLayout };
}

/** What was read from a guest's RAM at one moment. */
export interface GuestRam {
  readonly rings: { readonly [name: string]: RingReading };
  readonly tables: { readonly [name: string]: TableReading };
}
