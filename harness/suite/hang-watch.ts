import { describeArch } from '../arch/archs.ts';
import type { Machine } from '../machine/machine.ts';
import type { VcpuSampler } from '../machine/vcpu-sampler.ts';
import { type Bytes, Deadline, type Millis } from '../units.ts';
import { type Diagnosis, diagnose, type MachineSample } from '../verdict/hang.ts';
import { describeWork, standstillOf } from '../verdict/standstill.ts';
import type { Standstill } from '../verdict/verdict.ts';

/** A guest that prints is not looked at. */
const SILENCE: Millis = 1_500;
const BETWEEN_SAMPLES: Millis = 500;
/** When the time is up, a few looks in a row must do. */
const BETWEEN_LAST_SAMPLES: Millis = 150;
const LAST_SAMPLES = 4;
/** A window of four seconds. */
const KEPT_SAMPLES = 8;

/** What became of the look at a machine whose time was up. */
export interface LastLook {
  readonly standstill: Standstill | undefined;
  /** What it was at, where it was no hang. */
  readonly note: string | undefined;
}

/**
 * Looks at the vCPUs of a machine whose consoles have been silent for a while, and tells as soon as it is certain that
 * nothing will come any more. A guest that computes in silence is left alone.
 */
export class HangWatch implements Disposable {
  readonly #machine: Machine;
  readonly #sampler: VcpuSampler | undefined;
  readonly #certain = new AbortController();
  readonly #stop = new AbortController();
  #samples: MachineSample[] = [];
  #bytes: Bytes;
  #silentSince: Millis;
  #diagnosis: Diagnosis | undefined;

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#sampler = machine.recorder && machine.vcpus;
    this.#bytes = this.#bytesSeen();
    this.#silentSince = machine.ageMs;
    if (this.#sampler) void this.#watch();
  }

  /** Aborted when the machine is certain to hang. */
  get certain(): AbortSignal {
    return this.#certain.signal;
  }

  /** The hang that is certain. */
  get standstill(): Standstill | undefined {
    return this.#diagnosis && standstillOf(this.#diagnosis);
  }

  /** Looks once more, because the time is up. */
  async conclude(): Promise<LastLook> {
    this.#stop.abort();
    for (let looks = this.#samples.length; looks < LAST_SAMPLES; looks++) {
      if (looks > 0) await this.#pause(BETWEEN_LAST_SAMPLES);
      await this.#look();
    }
    const diagnosis = this.#diagnose();
    // A guest that printed between two looks was at work.
    if (!diagnosis || this.#bytesSeen() !== this.#bytes) return { standstill: undefined, note: undefined };
    const standstill = standstillOf(diagnosis);
    return { standstill, note: standstill ? undefined : describeWork(diagnosis) };
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
  }

  async #watch(): Promise<void> {
    while (!this.#stop.signal.aborted && !this.#machine.end) {
      await this.#pause(BETWEEN_SAMPLES);
      if (this.#stop.signal.aborted || !this.#isSilent()) continue;
      await this.#look();
      const diagnosis = this.#diagnose();
      if (!diagnosis?.certain || this.#stop.signal.aborted) continue;
      this.#diagnosis = diagnosis;
      this.#certain.abort();
      return;
    }
  }

  #isSilent(): boolean {
    const bytes = this.#bytesSeen();
    const { ageMs } = this.#machine;
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#silentSince = ageMs;
      this.#samples = [];
    }
    return ageMs - this.#silentSince >= SILENCE;
  }

  async #look(): Promise<void> {
    const { recorder } = this.#machine;
    const vcpus = await this.#sampler?.sample();
    if (!vcpus || !recorder) return;
    const events = recorder.total - recorder.count('exception-return');
    this.#samples = [...this.#samples, { atMs: this.#machine.ageMs, vcpus, events }].slice(-KEPT_SAMPLES);
  }

  #diagnose(): Diagnosis | undefined {
    return diagnose(this.#samples, describeArch(this.#machine.plan.machine.arch).vcpu.haltedIsForever);
  }

  #bytesSeen(): Bytes {
    return this.#machine.consoles.reduce((sum, console) => sum + console.bytesSeen, 0);
  }

  /** Until the next look, or until nobody needs it. */
  async #pause(duration: Millis): Promise<void> {
    await Deadline.after(duration).race([this.#machine.ended], undefined);
  }
}
