import { availableParallelism } from 'node:os';
import { type Arch, describeArch } from '../arch/archs.ts';
import { EnvironmentError } from '../errors.ts';
import { type AnalysedLog, type AnalysisRequest, InterruptAnalysis } from '../trace/analysis/interrupt-analysis.ts';
import { FileBytes } from '../trace/analysis/log-bytes.ts';
import { StreamedLog } from '../trace/analysis/streamed-log.ts';
import { EventUnpacker } from '../trace/event-block.ts';
import { scanFile } from '../trace/scan-file.ts';
import { type Bytes, type Millis, monotonicMs } from '../units.ts';
import type { LogInput } from './log-input.ts';
import { archOfLog, notALog, refusePacked } from './log-kind.ts';
import type { ReadingProgress } from './reading-progress.ts';

/** So much may stand before the first interrupt: the code of a firmware that was logged as well. */
const RECOGNISED_WITHIN: Bytes = 32 * 2 ** 20;
/** A shorter file is read before other threads have begun. */
const WORTH_THREADS: Bytes = 32 * 2 ** 20;
const MOST_THREADS = 4;
const CHUNK: Bytes = 2 ** 20;

export interface LogReading {
  /** As the user said; absent: the log's lines tell. */
  readonly arch: Arch | undefined;
  readonly requestOf: (arch: Arch) => AnalysisRequest;
  /** Whether what it tells depends on when it was read. */
  readonly isWatched: boolean;
  readonly progress: ReadingProgress;
}

/**
 * Reads a log to its end: a long file with as many threads as there are processors.
 * @throws DeclarationError when it is no interrupt log.
 */
export async function analyseLog(input: LogInput, reading: LogReading): Promise<{ arch: Arch; log: AnalysedLog }> {
  const startedAt = monotonicMs();
  const now = (): Millis | undefined => (reading.isWatched ? monotonicMs() - startedAt : undefined);
  let { arch } = reading;
  let streamed: StreamedLog | undefined;
  let log: AnalysedLog | undefined;
  let waiting: Buffer[] = [];
  let head = Buffer.alloc(0);
  let bytes: Bytes = 0;
  for await (const piece of input.pieces) {
    if (bytes === 0) {
      refusePacked(input.name, piece, 'trace report');
      head = Buffer.from(piece.subarray(0, 4096));
    }
    bytes += piece.length;
    if (!streamed) {
      // A piece that waits is kept; those that follow may be read into the same memory.
      waiting.push(Buffer.from(piece));
      arch ??= archOfLog(Buffer.concat(waiting.slice(-2)));
      if (arch) {
        log = await analyseFile(input, arch, reading);
        if (log) break;
        streamed = new StreamedLog(describeArch(arch), reading.requestOf(arch));
        for (const early of waiting) streamed.push(early, now());
        waiting = [];
      } else if (bytes > RECOGNISED_WITHIN) throw notALog(input.name, head, reading.arch);
    } else streamed.push(piece, now());
    reading.progress.tell(bytes, streamed?.exceptions ?? 0);
  }
  reading.progress.end();
  log ??= streamed?.end(now());
  if (!arch || !log || log.events === log.unknown) throw notALog(input.name, head, reading.arch);
  return { arch, log };
}

/** @returns nothing where threads are of no use, or of none for this log. */
async function analyseFile(
  { name, file }: LogInput,
  arch: Arch,
  { requestOf, progress }: LogReading,
): Promise<AnalysedLog | undefined> {
  const threads = Math.min(availableParallelism(), MOST_THREADS);
  if (!file || file.size < WORTH_THREADS || threads < 2) return undefined;
  const { descriptor, size } = file;
  const analysis = new InterruptAnalysis(new FileBytes(descriptor), requestOf(arch));
  const unpacker = new EventUnpacker();
  const take = analysis.take.bind(analysis);
  try {
    for await (const part of scanFile({ arch, file: descriptor, size, chunkSize: CHUNK }, threads)) {
      if (part.isEnd) analysis.logEnds();
      unpacker.unpack(part, take);
      progress.tell(part.readTo, analysis.exceptions);
    }
  } catch (error) {
    throw new EnvironmentError(`${name} could not be read: ${(error as Error).message}`, { cause: error });
  }
  return analysis.facts(size);
}
