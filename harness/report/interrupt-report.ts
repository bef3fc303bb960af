import type { EventClass, Privilege } from '../arch/interrupt-log.ts';
import type { Storm } from '../trace/analysis/exception-storms.ts';
import type { HandlerTable } from '../trace/analysis/handler-tables.ts';
import type { PrivilegeFacts } from '../trace/analysis/privilege-changes.ts';
import type { Suspicion } from '../trace/analysis/suspicions.ts';
import type { Total } from '../trace/analysis/totals.ts';
import type { Bytes, Millis } from '../units.ts';

/** What `twinboot trace report` says of an interrupt log, and its JSON. Addresses are `0x…`; an absent field is not known. */
export interface InterruptReport {
  readonly schema: 'twinboot-interrupts/1';
  readonly source: string;
  readonly arch: string;
  readonly bytes: Bytes;
  /** Interrupts and exceptions. */
  readonly exceptions: number;
  readonly unknownLines: number;
  /** Records that are not whole: the log ends in the middle of one, or others stand within its. */
  readonly cut: { readonly atEnd: boolean; readonly within: number };
  readonly watchedMs?: Millis;
  readonly handlers: readonly HandlerTable[];
  readonly privileges: PrivilegeFacts;
  readonly findings: readonly Finding[];
  readonly storms: readonly Placed<Storm>[];
  readonly suspicions: readonly Placed<Suspicion>[];
  readonly crashes: {
    readonly count: number;
    /** The first ones, and the last. */
    readonly shown: readonly ReportedCrash[];
    /** Nothing came after the last one but what power-on writes. */
    readonly endsLog: boolean;
  };
  /** The last events of the log, oldest first. */
  readonly last: readonly ReportedEvent[];
  readonly between?: Comparison;
  /** What limits what the report can say. */
  readonly notes: readonly string[];
}

export type Placed<T> = T & { /** `ext2_mount+0x1c (super.c:40)`, else the address. */ readonly place?: string };

/** Something that a reader should know first. */
export interface Finding {
  readonly is: 'problem' | 'suspicion' | 'fact';
  readonly text: string;
}

export interface ReportedCrash {
  /** The number of the last event before it. */
  readonly after: number;
  /** `triple fault: page fault → double fault`. */
  readonly title: string;
  /** What led to it, oldest first. */
  readonly chain: readonly ReportedEvent[];
  /** The last events before it, oldest first; those of the chain among them. */
  readonly last: readonly ReportedEvent[];
}

export interface ReportedEvent {
  /** Absent: it has none of its own. */
  readonly number?: number;
  readonly class: EventClass;
  readonly name: string;
  readonly vector?: number;
  readonly cpu?: number;
  readonly from?: Privilege;
  readonly to?: Privilege;
  readonly pc?: string;
  readonly place?: string;
  readonly sp?: string;
  readonly faultAddress?: string;
  readonly errorCode?: string;
  /** What error code or syndrome say. */
  readonly meaning?: string;
  readonly truncated?: true;
  readonly registers?: Readonly<Record<string, string>>;
}

export interface Comparison {
  readonly from: ReportedEvent | { readonly missing: number };
  readonly to: ReportedEvent | { readonly missing: number };
  readonly changed: readonly { readonly register: string; readonly before: string; readonly after: string }[];
  readonly same: readonly string[];
  readonly between: readonly Total[];
}

/** What the kernel's handlers took, by kind; a kernel may have several tables of handlers. */
export function totalsOf(report: Pick<InterruptReport, 'handlers'>, owner: HandlerTable['owner']): Total[] {
  const merged = new Map<string, Total>();
  for (const table of report.handlers.filter((each) => each.owner === owner))
    for (const total of table.totals) {
      const key = `${total.class} ${total.name}`;
      const known = merged.get(key);
      merged.set(key, known ? addTotals(known, total) : total);
    }
  return [...merged.values()].sort((a, b) => b.count - a.count);
}

function addTotals(a: Total, b: Total): Total {
  const from = { ...a.from };
  for (const [privilege, count] of Object.entries(b.from) as [Privilege, number][])
    from[privilege] = (from[privilege] ?? 0) + count;
  const arrivals = a.arrivals &&
    b.arrivals && {
      watched: a.arrivals.watched + b.arrivals.watched,
      perSecond: a.arrivals.perSecond + b.arrivals.perSecond,
      longestGapMs: Math.min(a.arrivals.longestGapMs, b.arrivals.longestGapMs),
      sinceLastMs: Math.min(a.arrivals.sinceLastMs, b.arrivals.sinceLastMs),
    };
  return { ...a, count: a.count + b.count, from, ...(arrivals ? { arrivals } : {}) };
}
