import { describeArch } from '../arch/archs.ts';
import type { VcpuDialect } from '../arch/vcpu.ts';
import type { Machine } from '../machine/machine.ts';
import type { VcpuSampler } from '../machine/vcpu-sampler.ts';
import { Deadline, type Millis } from '../units.ts';
import { type Diagnosis, diagnose, type MachineSample } from '../verdict/hang.ts';
import type { Completion } from '../verdict/signals.ts';
import { describeWork, standstillOf } from '../verdict/standstill.ts';
import { beforeInterrupt } from './before-interrupt.ts';

/** A guest that prints is not looked at. */
const SILENCE: Millis = 1_000;
const BETWEEN_SAMPLES: Millis = 400;
/** A look takes a millisecond or two. */
const LOOK_WITHIN: Millis = 5_000;
/** A QEMU that is stopped never answers. */
const ANSWERS_WITHIN: Millis = 10_000;
/** When the time is up, a few looks in a row must do. */
const BETWEEN_LAST_SAMPLES: Millis = 150;
const LAST_SAMPLES = 5;
/** Two seconds, and more where the host lets the guest run but now and then. */
const WINDOWS = [6, 8, 10, 12, 16, 24, 48] as const;
/** At the deadline. */
const LAST_WINDOW = 10;
const KEPT_SAMPLES = Math.max(...WINDOWS);
/** A guest that sleeps may be one that speaks now and then: as often as it has done, and a little later. */
const LATE = 1.5;

type LateCompletion = Extract<Completion, { kind: 'deadline' | 'unanswered' }>;

/**
 * Looks at the vCPUs of a machine whose consoles have been silent for a while, and tells as soon as it is certain that
 * nothing will come any more. A guest that computes in silence is left alone.
 */
export class HangWatch implements Disposable {
  readonly #machine: Machine;
  readonly #dialect: VcpuDialect;
  readonly #sampler: VcpuSampler | undefined;
  readonly #certain = new AbortController();
  readonly #stop = new AbortController();
  #samples: MachineSample[] = [];
  /** When the guest last said something; before it has, when the watch began. */
  #spokeAt: Millis;
  /** Between two things that the guest said. */
  #longestPause: Millis = 0;
  #hasSpoken = false;
  #diagnosis: Diagnosis | undefined;

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#dialect = describeArch(machine.plan.machine.arch).vcpu;
    this.#sampler = machine.recorder && machine.vcpus;
    this.#spokeAt = machine.ageMs;
    if (this.#sampler) void this.#watch();
  }

  /** Aborted when the machine is certain to hang. */
  get certain(): AbortSignal {
    return this.#certain.signal;
  }

  /** What ended the wait, when it was cut short: a hang that is certain, or what others tell. */
  cut(waitingFor: string): Extract<Completion, { kind: 'hung' | 'cut-short' }> {
    const standstill = this.#diagnosis && standstillOf(this.#diagnosis);
    return standstill ? { kind: 'hung', waitingFor, standstill } : { kind: 'cut-short' };
  }

  /** What the machine is at, now that the time is up. */
  async late({ budget }: Deadline, waitingFor: string): Promise<LateCompletion> {
    this.#stop.abort();
    if (this.#sampler && !(await this.#lastLooks())) return { kind: 'unanswered', waitingFor };
    const diagnosis = this.#lastDiagnosis();
    const standstill = diagnosis && standstillOf(diagnosis);
    const doing = standstill ? { standstill } : diagnosis && { note: describeWork(diagnosis) };
    return { kind: 'deadline', afterMs: budget, waitingFor, ...doing };
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
  }

  async #watch(): Promise<void> {
    while (!this.#stop.signal.aborted && !this.#machine.end) {
      await this.#pause(BETWEEN_SAMPLES);
      if (this.#stop.signal.aborted || !this.#isSilent()) continue;
      await this.#look(LOOK_WITHIN);
      const diagnosis = this.#certainty();
      if (!diagnosis || this.#stop.signal.aborted || this.#hasSpokenSince()) continue;
      this.#diagnosis = diagnosis;
      this.#certain.abort();
      return;
    }
  }

  /** What the latest looks prove, whatever those before them saw. */
  #certainty(): Diagnosis | undefined {
    for (const window of WINDOWS) {
      const diagnosis = diagnose(this.#samples.slice(-window), this.#dialect.haltedIsForever);
      if (diagnosis?.certain) return diagnosis;
    }
    return undefined;
  }

  #isSilent(): boolean {
    const spokeAt = this.#lastByteAt();
    if (spokeAt > this.#spokeAt) {
      if (this.#hasSpoken) this.#longestPause = Math.max(this.#longestPause, spokeAt - this.#spokeAt);
      this.#hasSpoken = true;
      this.#spokeAt = spokeAt;
      this.#samples = [];
    }
    return this.#machine.ageMs - this.#spokeAt >= SILENCE;
  }

  #hasSpokenSince(): boolean {
    return this.#lastByteAt() > this.#spokeAt;
  }

  /** One at least: the guest may have changed since the last one. @returns whether QEMU answered, or has ended. */
  async #lastLooks(): Promise<boolean> {
    for (let looks = 0; looks === 0 || (looks < LAST_SAMPLES && this.#samples.length < LAST_SAMPLES); looks++) {
      if (looks > 0) await this.#pause(BETWEEN_LAST_SAMPLES);
      if ((await this.#look(ANSWERS_WITHIN)) === 'unanswered') return false;
    }
    return true;
  }

  /** @returns `undefined` for a guest that spoke between two looks, or may do so yet. */
  #lastDiagnosis(): Diagnosis | undefined {
    const diagnosis = diagnose(this.#samples.slice(-LAST_WINDOW), this.#dialect.haltedIsForever);
    if (this.#hasSpokenSince() || (diagnosis?.state === 'idle' && this.#mayYetSpeak())) return undefined;
    return diagnosis;
  }

  #mayYetSpeak(): boolean {
    return this.#machine.ageMs - this.#spokeAt < LATE * this.#longestPause;
  }

  async #look(within: Millis): Promise<'looked' | 'unanswered' | 'ended'> {
    const { recorder } = this.#machine;
    if (!this.#sampler || !recorder) return 'ended';
    const vcpus = await this.#machine.deadlineAfter(within).race([this.#sampler.sample()], 'unanswered' as const);
    if (vcpus === 'unanswered') return 'unanswered';
    if (!vcpus) return 'ended';
    const { events, cycle } = recorder.glance();
    const { turns, first } = cycle;
    const sample: MachineSample = {
      atMs: this.#machine.ageMs,
      vcpus: vcpus.map((vcpu) => beforeInterrupt(vcpu, events, this.#dialect)),
      events: recorder.events,
      interrupts: recorder.interrupts,
      cycle: first?.pc === undefined ? undefined : { turns, pc: first.pc },
    };
    this.#samples = [...this.#samples, sample].slice(-KEPT_SAMPLES);
    return 'looked';
  }

  #lastByteAt(): Millis {
    return Math.max(...this.#machine.consoles.map((console) => console.lastByteAtMs));
  }

  /** Until the next look, or until nobody needs it. */
  async #pause(duration: Millis): Promise<void> {
    await Deadline.after(duration).race([this.#machine.ended], undefined);
  }
}
