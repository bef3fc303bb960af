import type { VcpuSample } from '../machine/vcpu-sampler.ts';
import type { Millis } from '../units.ts';
import type { HangKind } from './verdict.ts';

/** The whole machine at one moment. */
export interface MachineSample {
  /** Since the machine was spawned. */
  readonly atMs: Millis;
  readonly vcpus: readonly VcpuSample[];
  /** Events of the interrupt log up to now, returns from exceptions not counted. */
  readonly events: number;
  /** Those among them that are interrupts. */
  readonly interrupts: number;
  /** What faults over and over of late, and how often it has done so without another fault between. */
  readonly cycle: { readonly turns: number; readonly pc: bigint } | undefined;
}

/** What a machine is doing, as far as some samples of it tell. */
export interface Diagnosis {
  /** `busy`: it computes; that is no hang. */
  readonly state: HangKind | 'busy';
  /** No more waiting would change it. */
  readonly certain: boolean;
  /** The vCPU that shows it best. */
  readonly vcpu: VcpuSample;
  /** Where to look: that vCPU's place, or the one that faults over and over. */
  readonly pc: bigint;
  /** How long it has been seen like that. */
  readonly forMs: Millis;
  /** Events of the interrupt log meanwhile. */
  readonly events: number;
}

/** A driver may poll a device with interrupts off, which takes no seconds: of what the host gave the vCPU's thread. */
const CERTAIN_AFTER: Millis = 1_000;
const CERTAIN_SAMPLES = 5;
/** Where the host does not tell what it gave. */
const CERTAIN_UNTOLD: Millis = 2_000;
/** A thread that runs less between the first look and the last, and had no need to wait, belongs to a vCPU that is asleep. */
const ASLEEP_BELOW: Millis = 5;
/** A kernel without a regular tick still takes an interrupt now and then. */
const TICKLESS: Millis = 3_000;
/** The share of its time that the thread of an awake vCPU sleeps at most. */
const AWAKE_SLEEPS = 0.3;
/** So many of some looks must have seen the same, the others something on the way: an interrupt's handler. */
const MOST = 0.6;
/** The same fault so often, with no other between, was not cured. */
const STORM_TURNS = 40;

interface Span {
  readonly last: MachineSample;
  readonly samples: readonly MachineSample[];
  readonly forMs: Millis;
  readonly events: number;
  readonly interrupts: number;
  readonly haltedIsForever: boolean;
}

type Rule = (span: Span) => Diagnosis | undefined;

/** In order; the first that speaks names the state. */
const RULES: readonly Rule[] = [faultStorm, halted, spinningIrqsOff, idle, spinning];

/**
 * What the machine has been doing over some samples, oldest first. Pure. What changes from sample to sample, in any register
 * of a vCPU that runs, is progress as far as anybody can tell.
 * @returns `undefined` when the samples are too few to say.
 */
export function diagnose(samples: readonly MachineSample[], haltedIsForever: boolean): Diagnosis | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || samples.length < 2 || last.vcpus.length === 0) return undefined;
  const seen = samples.map((sample) => ({
    ...sample,
    vcpus: sample.vcpus.map((vcpu) => withThread(vcpu, first, last)),
  }));
  const span: Span = {
    last: seen.at(-1) ?? last,
    samples: seen,
    forMs: last.atMs - first.atMs,
    events: last.events - first.events,
    interrupts: last.interrupts - first.interrupts,
    haltedIsForever,
  };
  for (const rule of RULES) {
    const diagnosis = rule(span);
    if (diagnosis) return diagnosis;
  }
  return found('busy', false, span.last.vcpus.find((vcpu) => !vcpu.halted) ?? last.vcpus[0], span);
}

/**
 * Whether a vCPU waits is what its thread does: one that was never started sleeps, whatever its registers say; one that
 * is woken at once each time it waits does not, although it is always found behind the instruction that waits.
 */
function withThread(vcpu: VcpuSample, first: MachineSample, last: MachineSample): VcpuSample {
  const times = [first, last].map(({ vcpus }) => vcpus.find(({ cpu }) => cpu === vcpu.cpu)?.thread);
  const [before, after] = times;
  if (!before || !after) return vcpu;
  const ran = after.ranMs - before.ranMs;
  const elapsed = last.atMs - first.atMs;
  const slept = elapsed - ran - (after.waitedMs - before.waitedMs);
  if (ran < ASLEEP_BELOW && slept > elapsed / 2) return { ...vcpu, halted: true };
  return vcpu.halted && slept < AWAKE_SLEEPS * elapsed ? { ...vcpu, halted: false } : vcpu;
}

function found(
  state: Diagnosis['state'],
  certain: boolean,
  vcpu: VcpuSample | undefined,
  { forMs, events }: Span,
  pc = vcpu?.pc,
): Diagnosis | undefined {
  return vcpu && pc !== undefined ? { state, certain, vcpu, pc, forMs, events } : undefined;
}

/** The kernel takes the same few faults over and over, and cures none. */
function faultStorm(span: Span): Diagnosis | undefined {
  const { last, samples, events, interrupts } = span;
  const { cycle } = last;
  const running = last.vcpus.find((vcpu) => !vcpu.halted) ?? last.vcpus[0];
  const storming = samples.filter((sample) => (sample.cycle?.turns ?? 0) >= STORM_TURNS);
  if (!cycle || cycle.turns < STORM_TURNS || !most(storming, span) || events === 0) return undefined;
  if (interrupts > 0) return found('spinning', false, running, span, cycle.pc);
  // A kernel that emulates an instruction takes the same fault for each, and its registers tell that it gets on.
  const getsOn = last.vcpus.some((vcpu) => !vcpu.halted && !goesRound(span, vcpu.cpu));
  return found('spinning-irqs-off', samples.length >= CERTAIN_SAMPLES && !getsOn, running, span, cycle.pc);
}

function halted(span: Span): Diagnosis | undefined {
  const { last, haltedIsForever, events, forMs } = span;
  const stuck = last.vcpus.every((vcpu) => vcpu.halted && !vcpu.interruptsOn && standsStill(span, vcpu.cpu));
  // A kernel that may be woken may just be waiting for its next tick.
  if (!stuck || events > 0 || !(haltedIsForever || forMs >= TICKLESS)) return undefined;
  return found('halted', haltedIsForever, last.vcpus[0], span);
}

function spinningIrqsOff(span: Span): Diagnosis | undefined {
  const { last, events, samples } = span;
  const spinning = last.vcpus.filter((vcpu) => !vcpu.halted && !vcpu.interruptsOn && goesRound(span, vcpu.cpu));
  const [shown] = spinning;
  if (!shown || over(span, shown.cpu).some(({ interruptsOn }) => interruptsOn)) return undefined;
  // What was taken meanwhile, another vCPU took.
  if (events > 0 && last.vcpus.length === 1) return undefined;
  const rest = last.vcpus.filter((vcpu) => !spinning.includes(vcpu));
  if (!rest.every((vcpu) => vcpu.halted || goesRound(span, vcpu.cpu))) return undefined;
  const longEnough = spinning.every(({ cpu }) => standsStill(span, cpu) && hasRunFor(CERTAIN_AFTER, span, cpu));
  return found('spinning-irqs-off', events === 0 && longEnough && samples.length >= CERTAIN_SAMPLES, shown, span);
}

function idle(span: Span): Diagnosis | undefined {
  const { last } = span;
  const sleeps = last.vcpus.every(({ cpu }) =>
    most(
      over(span, cpu).filter((vcpu) => vcpu.halted),
      span,
    ),
  );
  const sleeper = last.vcpus.find((vcpu) => vcpu.halted) ?? last.vcpus[0];
  if (!sleeps || !sleeper) return undefined;
  // Not where a tick has just woken it.
  return found('idle', false, mostFrequent(over(span, sleeper.cpu).filter((vcpu) => vcpu.halted)), span);
}

function spinning(span: Span): Diagnosis | undefined {
  const { last } = span;
  const running = last.vcpus.filter((vcpu) => !vcpu.halted);
  const stuck = running.find(({ cpu }) => goesRound(span, cpu) && isKernel(span, cpu));
  if (!stuck || !running.every(({ cpu }) => goesRound(span, cpu) && isKernel(span, cpu))) return undefined;
  // Not where it was caught in an interrupt's handler.
  return found('spinning', false, mostFrequent(over(span, stuck.cpu)), span);
}

function over({ samples }: Span, cpu: number): readonly VcpuSample[] {
  return samples.flatMap(({ vcpus }) => vcpus.filter((vcpu) => vcpu.cpu === cpu));
}

function most(some: readonly unknown[], { samples }: Span): boolean {
  return some.length >= MOST * samples.length;
}

/** The same in every register: a loop that counts, sums or copies is not. */
function standsStill(span: Span, cpu: number): boolean {
  const states = over(span, cpu);
  return states.length === span.samples.length && states.every(({ dump }) => dump === states[0]?.dump);
}

/** The same in every register as at another look, most of the time: a short loop has a few places to be caught at. */
function goesRound(span: Span, cpu: number): boolean {
  const states = over(span, cpu);
  return most(
    states.filter(({ dump }) => timesSeen(states, dump) > 1),
    span,
  );
}

function mostFrequent(states: readonly VcpuSample[]): VcpuSample | undefined {
  return [...states].sort((a, b) => timesSeen(states, b.dump) - timesSeen(states, a.dump))[0];
}

function timesSeen(states: readonly VcpuSample[], dump: string): number {
  return states.filter((state) => state.dump === dump).length;
}

function isKernel(span: Span, cpu: number): boolean {
  return most(
    over(span, cpu).filter(({ privilege }) => privilege !== 'user'),
    span,
  );
}

/** A thread that the host did not let run stands still for no fault of the guest's. */
function hasRunFor(time: Millis, span: Span, cpu: number): boolean {
  const states = over(span, cpu);
  const [before, after] = [states[0]?.thread, states.at(-1)?.thread];
  return before && after ? after.ranMs - before.ranMs >= time : span.forMs >= CERTAIN_UNTOLD;
}
