import type { Machine } from '../machine/machine.ts';
import { type InterruptProfile, type InterruptTotal, profileOf } from '../trace/interrupt-count.ts';
import type { TargetDeclaration } from './declaration.ts';
import { asNamed } from './interrupt-words.ts';

/** Counts the interrupts and exceptions that a machine's kernel takes while one case runs. */
export class InterruptWatch implements Disposable {
  readonly #machine: Machine;
  readonly #target: Pick<TargetDeclaration, 'vectors'>;
  readonly #started: ReturnType<NonNullable<Machine['recorder']>['startCount']> | undefined;
  #reading: Promise<readonly InterruptTotal[] | undefined> | undefined;

  /** From now on, which is from the start for a machine that has not begun to run. */
  constructor(machine: Machine, target: Pick<TargetDeclaration, 'vectors'>) {
    this.#machine = machine;
    this.#target = target;
    // Only an emulated processor writes the log.
    this.#started = machine.plan.machine.accelerator === 'tcg' ? machine.recorder?.startCount() : undefined;
  }

  /** From now on, of a machine that runs: without what it did before and nobody has read yet. */
  static async ofRunning(machine: Machine, target: Pick<TargetDeclaration, 'vectors'>): Promise<InterruptWatch> {
    await machine.logRead();
    return new InterruptWatch(machine, target);
  }

  /** What has been taken up to now, or was when it was read first; `undefined` where nobody can tell. Never rejects. */
  read(): Promise<readonly InterruptTotal[] | undefined> {
    this.#reading ??= this.peek();
    return this.#reading;
  }

  /** By class, up to now. */
  async profile(): Promise<InterruptProfile | undefined> {
    const totals = await this.peek();
    return totals && profileOf(totals);
  }

  /** What has been taken up to now; `undefined` where nobody can tell. Never rejects. */
  async peek(): Promise<readonly InterruptTotal[] | undefined> {
    if (!this.#started) return undefined;
    await this.#machine.logRead();
    if (this.#machine.recorder?.isSilent) return undefined;
    const { arch } = this.#machine.plan.machine;
    return asNamed(this.#started.count.totals(), { target: this.#target, arch });
  }

  [Symbol.dispose](): void {
    this.#started?.stop();
  }
}
