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
}

/** What a machine is doing, as far as some samples of it tell. */
export interface Diagnosis {
  /** `busy`: it computes; that is no hang. */
  readonly state: HangKind | 'busy';
  /** No more waiting would change it. */
  readonly certain: boolean;
  /** The vCPU that shows it best. */
  readonly vcpu: VcpuSample;
  /** How long it has been seen like that. */
  readonly forMs: Millis;
  /** Events of the interrupt log meanwhile. */
  readonly events: number;
}

/** A driver may poll a device with interrupts off; emulated devices take no seconds. */
const CERTAIN_AFTER: Millis = 2_000;
const CERTAIN_SAMPLES = 5;
/** The least that a thread must have run for its standing still to mean anything. */
const RAN_AT_LEAST: Millis = 50;
/** A thread that runs less between the first look and the last is one that waits. */
const ASLEEP_BELOW: Millis = 5;
/** A loop around a lock is shorter. */
const LOOP_BYTES = 256n;
/** Linux ticks 1000 times a second at most, on each vCPU. */
const STORM_PER_SECOND = 5_000;

interface Span {
  readonly last: MachineSample;
  readonly samples: readonly MachineSample[];
  readonly forMs: Millis;
  readonly events: number;
  readonly haltedIsForever: boolean;
}

type Rule = (span: Span) => Diagnosis | undefined;

/** In order; the first that speaks names the state. */
const RULES: readonly Rule[] = [haltedForEver, spinningIrqsOff, exceptionStorm, idle, spinning];

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
    vcpus: sample.vcpus.map((vcpu) => asleepOrNot(vcpu, first, last)),
  }));
  const span: Span = {
    last: seen.at(-1) ?? last,
    samples: seen,
    forMs: last.atMs - first.atMs,
    events: last.events - first.events,
    haltedIsForever,
  };
  for (const rule of RULES) {
    const diagnosis = rule(span);
    if (diagnosis) return diagnosis;
  }
  return found('busy', false, span.last.vcpus.find(({ halted }) => !halted) ?? last.vcpus[0], span);
}

/** A vCPU that has not been started yet waits as well, and its registers do not tell: its thread does. */
function asleepOrNot(vcpu: VcpuSample, first: MachineSample, last: MachineSample): VcpuSample {
  const [before, after] = [first, last].map(({ vcpus }) => vcpus.find(({ cpu }) => cpu === vcpu.cpu)?.ranMs);
  const hasNotRun = before !== undefined && after !== undefined && after - before < ASLEEP_BELOW;
  return hasNotRun ? { ...vcpu, halted: true } : vcpu;
}

function found(
  state: Diagnosis['state'],
  certain: boolean,
  vcpu: VcpuSample | undefined,
  { forMs, events }: Span,
): Diagnosis | undefined {
  return vcpu && { state, certain, vcpu, forMs, events };
}

function haltedForEver(span: Span): Diagnosis | undefined {
  const { last, haltedIsForever, events } = span;
  const stuck = last.vcpus.every((vcpu) => vcpu.halted && !vcpu.interruptsOn && standsStill(span, vcpu.cpu));
  if (!stuck || !haltedIsForever || events > 0) return undefined;
  return found('halted', true, last.vcpus[0], span);
}

function spinningIrqsOff(span: Span): Diagnosis | undefined {
  const { last, events, samples, forMs } = span;
  const spinning = last.vcpus.filter((vcpu) => !vcpu.halted && !vcpu.interruptsOn && standsStill(span, vcpu.cpu));
  const [shown] = spinning;
  const rest = last.vcpus.filter((vcpu) => !spinning.includes(vcpu));
  if (!shown || !rest.every((vcpu) => vcpu.halted || standsStill(span, vcpu.cpu))) return undefined;
  const hasRun = spinning.every((vcpu) => ranMs(span, vcpu.cpu) >= RAN_AT_LEAST);
  const certain = events === 0 && hasRun && samples.length >= CERTAIN_SAMPLES && forMs >= CERTAIN_AFTER;
  return found('spinning-irqs-off', certain, shown, span);
}

/** The kernel does nothing but take one exception after the other. */
function exceptionStorm(span: Span): Diagnosis | undefined {
  const { last, events, forMs } = span;
  const running = last.vcpus.filter(({ halted }) => !halted);
  const kernel = running.find(({ privilege, cpu }) => privilege !== 'user' && staysInLoop(span, cpu));
  if (!kernel || events / Math.max(forMs, 1) < STORM_PER_SECOND / 1_000) return undefined;
  return found('spinning', false, kernel, span);
}

function idle(span: Span): Diagnosis | undefined {
  const { last, samples } = span;
  const always = samples.every(({ vcpus }) => vcpus.every(({ halted }) => halted));
  return always ? found('idle', false, last.vcpus[0], span) : undefined;
}

function spinning(span: Span): Diagnosis | undefined {
  const { last } = span;
  const running = last.vcpus.filter(({ halted }) => !halted);
  const stuck = running.find(({ privilege, cpu }) => privilege !== 'user' && standsStill(span, cpu));
  const others = running.filter((vcpu) => vcpu !== stuck);
  if (!stuck || !others.every(({ cpu, privilege }) => privilege !== 'user' && staysInLoop(span, cpu))) return undefined;
  return found('spinning', false, stuck, span);
}

function over({ samples }: Span, cpu: number): readonly VcpuSample[] {
  return samples.flatMap(({ vcpus }) => vcpus.filter((vcpu) => vcpu.cpu === cpu));
}

/** The same in every register: a loop that counts, sums or copies is not. */
function standsStill(span: Span, cpu: number): boolean {
  const states = over(span, cpu);
  return states.length === span.samples.length && states.every(({ dump }) => dump === states[0]?.dump);
}

function staysInLoop(span: Span, cpu: number): boolean {
  const addresses = over(span, cpu).map(({ pc }) => pc);
  const [low, high] = [addresses, addresses].map((list, index) =>
    list.reduce((a, b) => ((index === 0 ? b < a : b > a) ? b : a)),
  ) as [bigint, bigint];
  return high - low <= LOOP_BYTES;
}

/** A thread that the host did not let run stands still for no fault of the guest's. */
function ranMs(span: Span, cpu: number): Millis {
  const states = over(span, cpu);
  const [before, after] = [states[0]?.ranMs, states.at(-1)?.ranMs];
  return before === undefined || after === undefined ? Number.POSITIVE_INFINITY : after - before;
}
