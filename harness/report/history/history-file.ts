import { closeSync, fstatSync, mkdirSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { DeclarationError, EnvironmentError } from '../../errors.ts';
import { visible } from '../../lines/visible.ts';
import type { RunResults } from '../results.ts';
import { historyEntryOf } from './history.ts';
import { type History, parseHistory } from './history-text.ts';

export const HISTORY_FILE = 'history.jsonl';

/** Some ten thousand runs. */
const MOST_BYTES = 4 * 2 ** 20;

/**
 * Adds a line for a run. It is written at once, so that two runs that end together cannot tear each other's; a line that
 * somebody left unfinished is ended before it.
 * @throws EnvironmentError when the file cannot be written to.
 */
export function appendHistory(file: string, results: RunResults): void {
  const line = `${JSON.stringify(historyEntryOf(results))}\n`;
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    const descriptor = openSync(file, 'a+');
    try {
      writeSync(descriptor, `${endsWithin(descriptor) ? '\n' : ''}${line}`);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    throw new EnvironmentError(`The history ${file} cannot be written: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Reads a history, of a very long one its end.
 * @param name The file, or the folder that it is in.
 * @throws DeclarationError when there is none.
 */
export function readHistory(name: string): History & { readonly file: string } {
  const file = statSync(name, { throwIfNoEntry: false })?.isDirectory() ? path.join(name, HISTORY_FILE) : name;
  const { text, isCut } = readEnd(file);
  const lines = text.split('\n').length;
  const placeOf = (index: number) =>
    isCut ? `${visible(file)}, line ${lines - index} from its end` : `${visible(file)}:${index + 1}`;
  const history = parseHistory(text, placeOf);
  const warnings = isCut ? [`Only the last ${MOST_BYTES / 2 ** 20} MiB of ${visible(file)} are read.`] : [];
  return { file, entries: history.entries, warnings: [...warnings, ...history.warnings] };
}

/** Whether the file's last line is not ended. */
function endsWithin(descriptor: number): boolean {
  const { size } = fstatSync(descriptor);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(descriptor, last, 0, 1, size - 1);
  return last.toString() !== '\n';
}

/** The last lines, whole ones. */
function readEnd(file: string): { readonly text: string; readonly isCut: boolean } {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const { size } = fstatSync(descriptor);
      const buffer = Buffer.alloc(Math.min(size, MOST_BYTES));
      const length = readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
      const text = buffer.toString('utf8', 0, length);
      return size > MOST_BYTES ? { text: text.slice(text.indexOf('\n') + 1), isCut: true } : { text, isCut: false };
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT'
        ? `does not exist: \`twinboot run\` adds a line to it when it ends`
        : `cannot be read: ${message}`;
    throw new DeclarationError(`The history ${file} ${why}`, { cause });
  }
}
