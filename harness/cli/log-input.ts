import { createReadStream } from 'node:fs';
import { DeclarationError } from '../errors.ts';
import { type Bytes, formatBytes } from '../units.ts';

const CHUNK: Bytes = 2 ** 20;
const GZIP = [0x1f, 0x8b];

/**
 * The bytes of a file that a command is to read, or of its standard input where the file is `-`.
 * @param command What the user called, for messages: `trace ports`.
 * @throws DeclarationError, when read, for a file that cannot be read or is compressed.
 */
export async function* readLog(file: string, command: string): AsyncGenerator<Buffer> {
  const stream = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: CHUNK });
  let isFirst = true;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (isFirst && GZIP.every((byte, index) => chunk[index] === byte)) throw compressed(file, command);
      isFirst = false;
      yield chunk;
    }
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    throw new DeclarationError(`${file} cannot be read: ${error.message}`, { cause: error });
  }
}

function compressed(file: string, command: string): DeclarationError {
  const how = file === '-' ? 'zcat' : `zcat ${file}`;
  return new DeclarationError(`${nameOf(file)} is compressed with gzip. \`${how} | twinboot ${command} -\` reads it.`);
}

/** How messages name it. */
export function nameOf(file: string): string {
  return file === '-' ? 'the standard input' : file;
}

/** What was read, for a message about a log in which nothing was found. */
export function describeSize(bytes: Bytes): string {
  return bytes === 0 ? 'is empty' : `has ${formatBytes(bytes)}`;
}
