import type { Machine } from '../machine/machine.ts';
import type { TraceEvent } from '../trace/interrupt-log.ts';
import { Deadline, type Millis } from '../units.ts';
import type { Cascade } from '../verdict/cascade.ts';
import type { CodePlace } from '../verdict/code-place.ts';
import { regardlessOfExpectation } from '../verdict/expected-failure.ts';
import type { PanicReport } from '../verdict/panic-report.ts';
import type { Verdict, VerdictKind } from '../verdict/verdict.ts';
import { backtraces, type VcpuBacktrace } from './backtraces.ts';
import { locatedVerdict } from './located-verdict.ts';
import { namedFrames } from './named-frames.ts';
import { Symbols } from './symbols.ts';

/** What was found out about a machine whose case did not pass, while it could still be asked. */
export interface Investigation {
  /** The verdict, with the names of functions. */
  readonly verdict: Verdict;
  /** Empty when the machine had ended. */
  readonly vcpus: readonly VcpuBacktrace[];
  /** The last interrupts and exceptions, oldest first. */
  readonly events: readonly LocatedEvent[];
  /** The faults that led to a reset, oldest first. */
  readonly cascade: readonly LocatedEvent[];
  /** What the kernel printed when it died. */
  readonly panic: PanicReport | undefined;
  /** What could not be found out, and what would help. */
  readonly notes: readonly string[];
}

/** An event of the interrupt log, and the code that it came upon. */
export interface LocatedEvent extends TraceEvent {
  readonly place: CodePlace | undefined;
}

/** What a case was judged to be, and what was seen of its crash. */
interface Judged {
  readonly verdict: Verdict;
  readonly panic?: PanicReport | undefined;
  readonly cascade?: Cascade | undefined;
}

/** gdb takes some tenths of a second; one that is stuck must not keep everybody. */
const WITHIN: Millis = 10_000;
const EVENTS = 200;

/** The machine's state tells something of these. After a failure that the guest reports it goes on as if nothing were. */
const TELLING: ReadonlySet<VerdictKind> = new Set(['crash', 'hang', 'timeout']);

/** Looks at a machine's vCPUs and at what happened last in it. Never rejects: what is missing is told in the notes. */
export async function investigate(machine: Machine, { verdict, panic, cascade }: Judged): Promise<Investigation> {
  const events = machine.recorder?.recent(EVENTS) ?? [];
  const faults = cascade?.events ?? [];
  if (!TELLING.has(regardlessOfExpectation(verdict).kind)) {
    const unnamed = events.map((event) => ({ ...event, place: undefined }));
    return { verdict, vcpus: [], events: unnamed, cascade: [], panic, notes: [] };
  }
  const within = Deadline.after(WITHIN);
  const seen = await backtraces(machine, within);
  const symbols = seen?.symbols ?? (await Symbols.open(machine.plan));
  const addresses = [...new Set([...events, ...faults].flatMap(({ pc }) => pc ?? []))];
  const places = await symbols.places(addresses, within);
  const known = new Map(addresses.map((address, index) => [address, places[index]]));
  const nameOf = (address: bigint): CodePlace => known.get(address) ?? { address: `0x${address.toString(16)}` };
  const vcpus = seen?.vcpus ?? [];
  const located = (event: TraceEvent): LocatedEvent => ({
    ...event,
    place: event.pc === undefined ? undefined : nameOf(event.pc),
  });
  return {
    verdict: locatedVerdict(verdict, vcpus, await namedFrames(verdict, symbols, within)),
    vcpus,
    events: events.map(located),
    cascade: faults.map(located),
    panic,
    notes: [...(seen?.notes ?? symbols.notes), ...(panic?.truncated ? ['the kernel’s crash report is cut short'] : [])],
  };
}
