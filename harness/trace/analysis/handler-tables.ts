import { type ScannedEvent, Told } from '../../arch/interrupt-bytes.ts';
import type { Millis } from '../../units.ts';
import { type Address, addressOf } from './address.ts';
import { type Total, Totals } from './totals.ts';

/** Whose handlers took an event. */
export type Owner =
  | 'kernel'
  /** Handlers that were in use before the kernel's and never after: firmware, a loader, the kernel's first steps. */
  | 'earlier'
  /** System management mode, and real mode. */
  | 'firmware'
  /** Resets and lines that nobody knows: no handlers took them. */
  | 'none';

/** What one table of handlers took. */
export interface HandlerTable {
  readonly owner: Owner;
  /** Absent: the log does not tell. */
  readonly address?: Address;
  readonly count: number;
  readonly totals: readonly Total[];
}

interface Table {
  readonly high: number;
  readonly low: number;
  readonly kind: 'table' | 'untold' | 'firmware' | 'none';
  readonly totals: Totals;
  readonly first: number;
  readonly boot: number;
  /** The last event of the boot in which it was first used. */
  last: number;
  count: number;
  tookUser: boolean;
}

/** A kernel that has lost its handlers takes no more than this. */
const LONGEST_CASCADE = 4;
/** A kernel has one, or one for each vCPU; the firmware has its own. */
const MOST_TABLES = 256;

/** Tells firmware from the kernel: each brings its own handlers. */
export class HandlerTables {
  readonly #tables: Table[] = [];
  #current: Table | undefined;
  #events = 0;
  #boot = 0;

  take(event: ScannedEvent, atMs: Millis | undefined): void {
    this.#events++;
    if (event.class === 'reset' && event.cpu <= 0 && this.#current?.kind !== 'none') this.#boot++;
    const table = this.#tableOf(event);
    table.count++;
    if (event.from === 'user') table.tookUser = true;
    if (table.boot === this.#boot) table.last = this.#events;
    table.totals.take(event, atMs);
    this.#current = table;
  }

  facts(endMs: Millis | undefined): HandlerTable[] {
    const kernel = kernelTable(this.#tables);
    return this.#tables.map((table) => ({
      owner: ownerOf(table, kernel),
      ...(table.kind === 'table' ? { address: addressOf(table.high, table.low) } : {}),
      count: table.count,
      totals: table.totals.facts(endMs),
    }));
  }

  #tableOf(event: ScannedEvent): Table {
    const kind = kindOf(event);
    const isTable = kind === 'table';
    const current = this.#current;
    // A return says nothing of handlers: it belongs to those that took what it returns from.
    if (event.class === 'exception-return' && current && current.kind !== 'none') return current;
    const high = isTable ? event.handlersHigh : 0;
    const low = isTable ? event.handlersLow : 0;
    if (current && current.kind === kind && current.high === high && current.low === low) return current;
    const known = this.#tables.find((table) => table.kind === kind && table.high === high && table.low === low);
    if (known) return known;
    if (this.#tables.length >= MOST_TABLES) return this.#tables[MOST_TABLES - 1] as Table;
    const table = {
      kind,
      high,
      low,
      totals: new Totals(),
      first: this.#events,
      boot: this.#boot,
      last: this.#events,
      count: 0,
      tookUser: false,
    };
    this.#tables.push(table);
    return table;
  }
}

function kindOf(event: ScannedEvent): Table['kind'] {
  switch (event.class) {
    case 'reset':
    case 'unknown':
      return 'none';
    case 'firmware':
      return 'firmware';
    default:
      if (event.inSystemManagement) return 'firmware';
      if ((event.told & Told.handlers) !== 0) return 'table';
      // An interrupt without a record: real mode, which only firmware and loaders know.
      return event.class === 'irq' && event.told === 0 ? 'firmware' : 'untold';
  }
}

/**
 * Of tables in the upper half of the address space the one with most events. Where there is none, the first that took something
 * from user mode, which no firmware has; else the last that took more than the faults of a crash.
 */
function kernelTable(tables: readonly Table[]): Table | undefined {
  const candidates = tables.filter(({ kind }) => kind === 'table');
  const upper = candidates.filter(({ high }) => high < 0);
  if (upper.length > 0) return upper.reduce((a, b) => (b.count > a.count ? b : a));
  return (
    candidates.find(({ tookUser }) => tookUser) ??
    candidates.findLast(({ count }) => count > LONGEST_CASCADE) ??
    candidates[0]
  );
}

function ownerOf(table: Table, kernel: Table | undefined): Owner {
  if (table.kind === 'none' || table.kind === 'firmware') return table.kind;
  if (!kernel || table.kind === 'untold' || table === kernel || table.tookUser) return 'kernel';
  return table.boot <= kernel.boot && table.last < kernel.first ? 'earlier' : 'kernel';
}
