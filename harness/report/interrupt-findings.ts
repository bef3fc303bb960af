import type { Storm } from '../trace/analysis/exception-storms.ts';
import type { Suspicion, SuspicionKind } from '../trace/analysis/suspicions.ts';
import { formatMillis } from '../units.ts';
import type { Finding, InterruptReport, Placed } from './interrupt-report.ts';
import { totalsOf } from './interrupt-report.ts';

type Facts = Omit<InterruptReport, 'findings'> & { readonly silentSyscalls: string | undefined };

/** Only so many events in one privilege are worth a word. */
const LONG_RUN = 1_000;
/** Fewer arrivals make no rhythm. */
const RHYTHM = 20;
const MISSED_BEATS = 20;
const LEAST_SILENCE = 1_000;
/** Exceptions that no sound kernel takes by itself. */
const NEVER_IN_KERNEL: ReadonlySet<string> = new Set([
  'protection-fault',
  'alignment-fault',
  'stack-fault',
  'segment-fault',
  'undefined-instruction',
  'divide-error',
  'double-fault',
  'machine-check',
]);

/** What is to be said first, the worst on top. */
export function findingsOf(facts: Facts): Finding[] {
  return [
    ...crashFindings(facts),
    ...facts.storms.map((storm): Finding => ({ is: 'problem', text: stormText(storm) })),
    ...faultFindings(facts),
    ...silenceFindings(facts),
    ...facts.suspicions.map((suspicion): Finding => ({ is: 'suspicion', text: suspicionText(suspicion) })),
    ...privilegeFindings(facts),
  ];
}

function crashFindings({ crashes: { count, shown } }: Facts): Finding[] {
  const titles = new Map<string, number>();
  for (const { title } of shown) titles.set(title, (titles.get(title) ?? 0) + 1);
  const findings = [...titles].map(
    ([title, times]): Finding => ({
      is: 'problem',
      text: times === 1 ? title : `${title} (${times} times)`,
    }),
  );
  const more = count - shown.length;
  return more > 0 ? [...findings, { is: 'problem', text: `${more} more resets of the machine` }] : findings;
}

function stormText({
  class: kind,
  name,
  count,
  faults,
  from,
  place,
  faultAddress,
  since,
  untilEnd,
}: Placed<Storm>): string {
  const others = faults > 1 ? `, ${faults} faults in turn` : '';
  const what = `${kind} (${name})${from === 'user' ? ' in user mode' : ''}`;
  const where = [place ? ` at ${place}` : '', faultAddress ? `, address ${faultAddress}` : ''].join('');
  return `exception storm: ${what}${where}, ${count} times${others}, from #${since}${untilEnd ? ' to the end' : ''}: the handler does not cure it`;
}

function faultFindings(facts: Facts): Finding[] {
  return totalsOf(facts, 'kernel').flatMap(({ class: kind, name, from }): Finding[] => {
    const count = from.kernel ?? 0;
    return NEVER_IN_KERNEL.has(kind) && count > 0
      ? [{ is: 'suspicion', text: `${kind} (${name}) in the kernel, ${times(count)}` }]
      : [];
  });
}

/** The busiest interrupt is the timer, or as regular. */
function silenceFindings(facts: Facts): Finding[] {
  const [busiest] = totalsOf(facts, 'kernel')
    .filter(({ class: kind }) => kind === 'irq')
    .sort((a, b) => (b.arrivals?.watched ?? 0) - (a.arrivals?.watched ?? 0));
  const arrivals = busiest?.arrivals;
  if (!busiest || !arrivals || !facts.watchedMs || arrivals.watched < RHYTHM) return [];
  const active = facts.watchedMs - arrivals.sinceLastMs;
  const beat = active / arrivals.watched;
  const isSilence = (ms: number): boolean => ms > Math.max(LEAST_SILENCE, MISSED_BEATS * beat);
  if (isSilence(arrivals.sinceLastMs))
    return [
      {
        is: 'problem',
        text: `${busiest.name}, the busiest interrupt, has gone missing: every ${formatMillis(beat)} until then, not once in the last ${formatMillis(arrivals.sinceLastMs)}`,
      },
    ];
  if (!isSilence(arrivals.longestGapMs)) return [];
  return [
    {
      is: 'suspicion',
      text: `${busiest.name}, the busiest interrupt, was missing for ${formatMillis(arrivals.longestGapMs)}; on the whole it comes every ${formatMillis(beat)}`,
    },
  ];
}

const SUSPICIONS: Readonly<Record<SuspicionKind, string>> = {
  'sp-unaligned': 'stack pointer not aligned to 8 bytes',
  'sp-non-canonical': 'stack pointer is no canonical address',
  'sp-out-of-range': 'kernel’s stack pointer outside of the declared stacks',
  'kernel-on-user-stack': 'kernel on a stack in the lower half, where user stacks are',
  'user-on-kernel-stack': 'user mode on a stack in the upper half, where the kernel’s are',
  'user-at-kernel-address': 'user mode at an address of the kernel',
  'user-touched-kernel-address': 'user mode reached for an address of the kernel',
};

function suspicionText({ kind, count, first, address, place, pc }: Placed<Suspicion>): string {
  const at = pc === undefined || pc === address ? '' : `, at ${place ?? pc}`;
  return `${SUSPICIONS[kind]}: ${times(count)}, first #${first}: ${address}${at}`;
}

function privilegeFindings({ privileges, exceptions, silentSyscalls, handlers }: Facts): Finding[] {
  const { reachedUser, syscalls, lastRun } = privileges;
  const isOnlyFirmware = handlers.every(({ owner }) => owner === 'firmware' || owner === 'none');
  if (exceptions === 0 || isOnlyFirmware) return [{ is: 'fact', text: 'not one interrupt or exception of a kernel' }];
  const findings: Finding[] = [];
  if (!reachedUser) findings.push({ is: 'fact', text: 'user mode was never reached, as far as the log tells' });
  if (syscalls === 0)
    findings.push({
      is: 'fact',
      text: silentSyscalls ? `no system call in the log; ${silentSyscalls}` : 'no system call',
    });
  if (reachedUser && lastRun && lastRun.events >= LONG_RUN)
    findings.push({
      is: lastRun.privilege === 'kernel' ? 'suspicion' : 'fact',
      text: `stuck in ${lastRun.privilege === 'user' ? 'user mode' : `the ${lastRun.privilege}`}: the last ${lastRun.events} events, from #${lastRun.since} on, all came from there`,
    });
  return findings;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
