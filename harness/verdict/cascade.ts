import type { EventClass, InterruptLogDialect } from '../arch/interrupt-log.ts';
import type { TraceEvent } from '../trace/interrupt-log.ts';
import type { Bytes } from '../units.ts';
import type { CodePlace } from './code-place.ts';

/** Why a machine reset, as far as its last interrupts and exceptions tell. */
export type Cascade =
  /** An event and the faults that came of its delivery, oldest first, until the processor gave up. */
  | { readonly kind: 'triple-fault'; readonly events: readonly TraceEvent[]; readonly noHandlers: boolean }
  /** The guest asked for it. `events` is how, where that takes exceptions: one that nobody can take, on purpose. */
  | { readonly kind: 'asked'; readonly events: readonly TraceEvent[] }
  /** The guest asked for it when the kernel had faulted and not gone on: the faults, oldest first. */
  | { readonly kind: 'asked-after-fault'; readonly events: readonly TraceEvent[] };

/** Faults from which no kernel of sound mind resets by the way. */
const FAULTS: ReadonlySet<EventClass> = new Set([
  'page-fault',
  'protection-fault',
  'alignment-fault',
  'stack-fault',
  'segment-fault',
  'undefined-instruction',
  'divide-error',
  'floating-point',
  'machine-check',
  'double-fault',
]);
/** A program or a kernel asks for these. */
const ON_REQUEST: ReadonlySet<EventClass> = new Set(['breakpoint', 'software-interrupt', 'syscall']);
/** Neither the kernel's business nor a sign that it went on. */
const NOT_OF_THE_KERNEL: ReadonlySet<EventClass> = new Set(['reset', 'firmware', 'unknown']);

/** Other vCPUs' events may stand between those of one cascade. */
const LOOK_BACK = 64;
/** How much of the stack a handler may use before it faults itself. */
const HANDLER_STACK: Bytes = 16 * 2 ** 10;

type Dialect = Pick<InterruptLogDialect, 'noHandlers' | 'blamedVectors'>;

/**
 * What led to the reset that a machine's interrupt log ends with.
 * @param events The last ones, oldest first.
 */
export function cascadeOf(events: readonly TraceEvent[], dialect: Dialect): Cascade {
  const last = events.findLastIndex((event) => event.class === 'triple-fault');
  if (last >= 0) return tripleFault(events.slice(Math.max(0, last - LOOK_BACK), last + 1), dialect);
  const faults = unfinishedFaults(
    events.filter((event) => !NOT_OF_THE_KERNEL.has(event.class)).slice(-LOOK_BACK),
    dialect,
  );
  return faults.length > 0 ? { kind: 'asked-after-fault', events: faults } : { kind: 'asked', events: [] };
}

/** One line, without what differs from boot to boot: `triple fault: page fault → double fault`. */
export function cascadeTitle(cascade: Cascade): string {
  const names = namesOf(cascade.events).join(' → ');
  switch (cascade.kind) {
    case 'triple-fault': {
      const unhandled = cascade.noHandlers ? ' (the kernel had set up no handlers)' : '';
      return `triple fault${names && `: ${names}`}${unhandled}`;
    }
    case 'asked':
      return cascade.events.length > 0
        ? 'the machine was reset by the guest (a triple fault on purpose, its handlers taken away)'
        : 'the machine was reset by the guest (no fault before it)';
    case 'asked-after-fault':
      return `the machine was reset by the guest after a fault: ${names}`;
    default:
      return cascade satisfies never;
  }
}

/** Where the kernel was when it began; none where it was not in the kernel, or by chance there. */
export function cascadeFrames({ events: [first] }: Cascade): readonly CodePlace[] {
  if (first?.pc === undefined || first.from === 'user' || first.class === 'irq') return [];
  return [{ address: `0x${first.pc.toString(16)}` }];
}

function namesOf(events: readonly TraceEvent[]): string[] {
  const names = events.flatMap((event) => {
    if (event.class === 'triple-fault') return [];
    // What made a double fault of it has no record of its own.
    const raised = event.class === 'double-fault' ? event.raised : undefined;
    return raised === undefined ? [nameOf(event)] : [wordsOf(raised), nameOf(event)];
  });
  return names.filter((name, index) => name !== names[index - 1]);
}

function nameOf({ class: kind, name }: TraceEvent): string {
  return kind === 'exception' ? name : wordsOf(kind);
}

function wordsOf(kind: EventClass): string {
  return kind === 'irq' ? 'interrupt' : kind.replaceAll('-', ' ');
}

/** @param events Up to the triple fault. */
function tripleFault(events: readonly TraceEvent[], dialect: Dialect): Cascade {
  const chain = deliveries(events, dialect);
  const [first, second] = chain;
  const dump = (second?.raw ?? '').includes('\n') ? second : first;
  const { atAll, anyMore } = dialect.noHandlers ?? {};
  const isOnPurpose = first !== undefined && first.from === 'kernel' && ON_REQUEST.has(first.class);
  if (isOnPurpose && dump && anyMore?.test(dump.raw)) return { kind: 'asked', events: chain };
  const noHandlers = dump !== undefined && atAll?.test(dump.raw) === true;
  return { kind: 'triple-fault', events: [...handlersBefore(events, chain), ...chain], noHandlers };
}

/**
 * A triple fault, the double fault before it, and what that came of; or the last two alone. A delivery that fails leaves the vCPU where it was,
 * so that program counter and stack pointer tell these from other vCPUs' events.
 */
function deliveries(events: readonly TraceEvent[], { blamedVectors }: Dialect): readonly TraceEvent[] {
  const triple = events.slice(-1).filter((event) => event.class === 'triple-fault');
  const double = events.findLastIndex((event) => event.class === 'double-fault');
  const doubleFault = events[double];
  if (!doubleFault) return triple;
  const first = events
    .slice(0, double)
    .findLastIndex((event) => event.vector === doubleFault.during && isSamePlace(event, doubleFault));
  const fault = events[first];
  if (!fault) return [doubleFault, ...triple];
  const cause = events[first - 1];
  const isCause =
    cause?.vector !== undefined &&
    isSamePlace(cause, fault) &&
    (ON_REQUEST.has(cause.class) || blamedVectors?.(fault).includes(cause.vector));
  return [...(isCause ? [cause] : []), fault, doubleFault, ...triple];
}

/** The faults whose handlers the first of a chain happened in: each further down the same stack. */
function handlersBefore(events: readonly TraceEvent[], [head]: readonly TraceEvent[]): readonly TraceEvent[] {
  let first = head ? events.indexOf(head) : 0;
  const end = first;
  while (first > 0 && isWithinHandlerOf(events[first] as TraceEvent, events[first - 1] as TraceEvent)) first--;
  return events.slice(first, end);
}

function isWithinHandlerOf(inner: TraceEvent, outer: TraceEvent): boolean {
  if (!isKernelFault(outer) || inner.from !== 'kernel' || inner.sp === undefined || outer.sp === undefined)
    return false;
  const used = outer.sp - inner.sp;
  return used > 0n && used <= BigInt(HANDLER_STACK);
}

/** The kernel's faults at the log's end from which it did not return, where returns are logged; else the last event, if it is one. */
function unfinishedFaults(events: readonly TraceEvent[], dialect: Dialect): readonly TraceEvent[] {
  const tellsReturns = events.some((event) => event.class === 'exception-return');
  const ofOneVcpu = new Set(events.flatMap(({ cpu }) => cpu ?? [])).size <= 1;
  if (!tellsReturns) {
    const last = events.slice(-1).filter(isKernelFault);
    const chain = last[0]?.class === 'double-fault' ? deliveries(events, dialect) : last;
    return [...handlersBefore(events, chain), ...chain];
  }
  const faults: TraceEvent[] = [];
  let returns = 0;
  for (const event of ofOneVcpu ? events.toReversed() : []) {
    if (event.class === 'exception-return') returns++;
    // A call to the firmware, such as the one that resets, is no exception of the kernel's.
    else if (event.to !== 'kernel') continue;
    else if (returns > 0) returns--;
    else if (isKernelFault(event)) faults.unshift(event);
    else break;
  }
  return faults;
}

function isKernelFault({ class: kind, from }: TraceEvent): boolean {
  return from === 'kernel' && FAULTS.has(kind);
}

function isSamePlace(one: TraceEvent, other: TraceEvent): boolean {
  return one.pc === other.pc && one.sp === other.sp;
}
