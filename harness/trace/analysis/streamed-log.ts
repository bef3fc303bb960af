import type { ArchDescription } from '../../arch/arch.ts';
import type { Bytes, Millis } from '../../units.ts';
import { InterruptScanner } from '../interrupt-scanner.ts';
import { type AnalysedLog, type AnalysisRequest, InterruptAnalysis } from './interrupt-analysis.ts';
import { LogWindow } from './log-window.ts';

/** Analyses an interrupt log while it streams by. */
export class StreamedLog {
  readonly #scanner: InterruptScanner;
  readonly #window = new LogWindow();
  readonly #analysis: InterruptAnalysis;
  #bytes: Bytes = 0;
  #atMs: Millis | undefined;

  constructor(arch: Pick<ArchDescription, 'interruptLog' | 'lineScanner'>, request: AnalysisRequest) {
    const analysis = new InterruptAnalysis(this.#window, request);
    this.#analysis = analysis;
    this.#scanner = new InterruptScanner(arch, (event) => analysis.take(event, this.#atMs));
  }

  /**
   * @param bytes As {@link LogWindow.push} wants them.
   * @param atMs When they arrived, since the log began to be watched; absent: it was written before.
   */
  push(bytes: Buffer, atMs?: Millis): void {
    this.#atMs = atMs;
    this.#bytes += bytes.length;
    this.#analysis.saveBefore(this.#window.stays(bytes.length));
    this.#window.push(bytes);
    this.#scanner.push(bytes);
  }

  /** Interrupts and exceptions so far. */
  get exceptions(): number {
    return this.#analysis.exceptions;
  }

  /** The log has ended. @param atMs When, if it was watched. */
  end(atMs?: Millis): AnalysedLog {
    this.#analysis.logEnds();
    this.#scanner.end();
    return this.#analysis.facts(this.#bytes, atMs);
  }
}
