import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type Bytes, formatBytes } from '../../units.ts';

/** Of a file that is too long, its beginning has so large a part of what is kept. What led to an end stands at the end. */
const BEGINNING = 1 / 4;

/**
 * Reads a file, of a long one the beginning and the end with a line between them that says so.
 * @param limit So many bytes, but for that line.
 */
export function readBounded(file: string, limit: Bytes): Buffer {
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    if (size <= limit) return readPart(handle, 0, size);
    const first = readPart(handle, 0, Math.floor(limit * BEGINNING));
    const last = readPart(handle, size - (limit - first.length), limit - first.length);
    const left = formatBytes(size - limit);
    return Buffer.concat([
      first,
      Buffer.from(`\n[${left} are left out here: the file in the folder has them]\n`),
      last,
    ]);
  } finally {
    closeSync(handle);
  }
}

function readPart(handle: number, position: number, length: Bytes): Buffer {
  const bytes = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const more = readSync(handle, bytes, read, length - read, position + read);
    if (more === 0) break; // Somebody has cut it meanwhile.
    read += more;
  }
  return bytes.subarray(0, read);
}
