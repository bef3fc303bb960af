import { open } from 'node:fs/promises';
import { DeclarationError } from '../errors.ts';
import type { Bytes } from '../units.ts';

const PIECE: Bytes = 2 ** 20;
/** What has been read stays for a while: see {@link LogWindow}. Two more are on their way. */
const PIECES = 12;

/** How messages name it. */
export const STANDARD_INPUT = 'the standard input';

/** A log as it is read. */
export interface LogInput {
  /** For messages and headings. */
  readonly name: string;
  /** A file that does not grow, and can be read where one likes: until `pieces` ends. */
  readonly file: { readonly descriptor: number; readonly size: Bytes } | undefined;
  /** Each piece stays as it is until eight more have come. Ends with the log. */
  readonly pieces: AsyncIterable<Buffer>;
}

/**
 * Opens a file, or `-` for the standard input.
 * @throws DeclarationError when it cannot be read.
 */
export async function openLog(path: string, growing?: AbortSignal): Promise<LogInput> {
  if (path === '-') return { name: STANDARD_INPUT, file: undefined, pieces: readStandardInput(growing) };
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw new DeclarationError(
      error.code === 'ENOENT' ? `${path} does not exist` : `${path} cannot be read: ${error.message}`,
    );
  });
  const status = await file.stat();
  if (status.isDirectory()) {
    await file.close();
    throw new DeclarationError(`${path} is a folder, and no log`);
  }
  return {
    name: path,
    file: status.isFile() && !growing ? { descriptor: file.fd, size: status.size } : undefined,
    pieces: growing ? readGrowing(file, growing) : readWhole(file, status.isFile()),
  };
}

type OpenFile = Awaited<ReturnType<typeof open>>;

/** So many pieces are being read while one is looked at. */
const AHEAD = 3;

/** While one piece is looked at, the next are read: of a file from where they stand, of a pipe one after the other. */
async function* readWhole(file: OpenFile, isFile: boolean): AsyncGenerator<Buffer> {
  const buffers: Buffer[] = [];
  const read = (turn: number) => {
    const index = turn % PIECES;
    buffers[index] ??= Buffer.allocUnsafeSlow(PIECE);
    return file.read(buffers[index], 0, PIECE, isFile ? turn * PIECE : null);
  };
  const reading: ReturnType<typeof read>[] = [];
  try {
    for (let turn = 0; ; turn++) {
      while (reading.length < (isFile ? AHEAD : 1)) reading.push(read(turn + reading.length));
      const { bytesRead, buffer } = await (reading.shift() as ReturnType<typeof read>);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      // The file ends here, unless it has grown meanwhile: then what was added belongs to another report.
      if (isFile && bytesRead < PIECE) return;
    }
  } finally {
    await Promise.allSettled(reading);
    await file.close();
  }
}

const LOOK_AGAIN_MS = 50;

/** Up to the end there is, then what is added, until the signal comes; what had been written by then is read. */
async function* readGrowing(file: OpenFile, until: AbortSignal): AsyncGenerator<Buffer> {
  let position: Bytes = 0;
  let end: Bytes | undefined;
  try {
    while (end === undefined || position < end) {
      if (until.aborted) end ??= (await file.stat()).size;
      const buffer = Buffer.allocUnsafeSlow(PIECE / 8);
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
      position += bytesRead;
      if (bytesRead > 0) yield buffer.subarray(0, bytesRead);
      else if (end !== undefined) return;
      else await sleepUntil(until);
    }
  } finally {
    await file.close();
  }
}

function sleepUntil(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, LOOK_AGAIN_MS);
    signal.addEventListener('abort', done);
  });
}

async function* readStandardInput(until: AbortSignal | undefined): AsyncGenerator<Buffer> {
  const stop = (): void => {
    process.stdin.destroy();
  };
  until?.addEventListener('abort', stop);
  try {
    for await (const piece of process.stdin) yield piece as Buffer;
  } catch (error) {
    if (!until?.aborted) throw error;
  } finally {
    until?.removeEventListener('abort', stop);
  }
}
