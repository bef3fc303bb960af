import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { Annotation } from './annotations.ts';

/** What GitLab demands of a finding that is about no file: it is about the jobs, which this one declares. */
const JOBS_FILE = '.gitlab-ci.yml';

/**
 * GitLab's code quality report: what a merge request shows beside the lines that it is about.
 * @param folder The project's, relative to the checkout: '' where it is the checkout.
 */
export function codeQuality(annotations: readonly Annotation[], folder: string): string {
  const seen = new Map<string, number>();
  const findings = annotations.map(({ level, place, title, message, identity }) => ({
    description: [title, ...message].join('\n'),
    check_name: 'twinboot',
    fingerprint: fingerprintOf(identity, seen),
    severity: level === 'warning' ? 'minor' : place ? 'major' : 'blocker',
    location: {
      path: place ? posix.join(folder, place.file) : JOBS_FILE,
      lines: { begin: place?.line ?? 1 },
    },
  }));
  return `${JSON.stringify(findings, undefined, 2)}\n`;
}

/** GitLab shows but one finding of a fingerprint: the second case of one name has another. */
function fingerprintOf(identity: string, seen: Map<string, number>): string {
  const occurrence = seen.get(identity) ?? 0;
  seen.set(identity, occurrence + 1);
  return createHash('sha256').update(`${occurrence} ${identity}`).digest('hex').slice(0, 32);
}
