import { readFileSync } from 'node:fs';

/** Twinboot's own version, from its package.json: one folder above the sources, and above what is built from them. */
export const version: string = readVersion(['../package.json', '../../package.json']);

function readVersion(candidates: readonly string[]): string {
  for (const candidate of candidates) {
    try {
      const manifest: unknown = JSON.parse(readFileSync(new URL(candidate, import.meta.url), 'utf8'));
      if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
    } catch {
      // Not there: the next candidate is.
    }
  }
  return 'unknown';
}
