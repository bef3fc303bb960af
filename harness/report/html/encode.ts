import { deflateSync } from 'node:zlib';

/**
 * Bytes as a script element can hold them without ending it, whatever they are: compressed, in base64. In zlib's format,
 * whose header says nothing of when or on which system it was made.
 */
export function encodeBlock(bytes: Uint8Array): string {
  return deflateSync(bytes, { level: 6 }).toString('base64');
}

/** A value as {@link encodeBlock} has bytes. */
export function encodeValue(value: unknown): string {
  return encodeBlock(Buffer.from(JSON.stringify(value), 'utf8'));
}
