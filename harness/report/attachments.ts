import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { AttachmentsOf } from './junit-output.ts';

/** What a person looks at first, in that order. Whole logs of interrupts may have gigabytes, and stay where they are. */
const SHOWN = [/^verdict\.txt$/, /^screenshot\.png$/, /^console/, /^panic\.txt$/, /^backtraces\.txt$/];

/**
 * The files of evidence that a CI system shows with a case: both Jenkins and GitLab refuse folders. Their paths are relative to the
 * checkout, as both want them.
 * @param reports The folder that evidence is relative to.
 */
export function attachmentsIn(reports: string, environment: NodeJS.ProcessEnv = process.env): AttachmentsOf {
  const checkout = checkoutOf(environment);
  return (evidence) => {
    const folder = path.resolve(reports, evidence);
    const names = namesIn(folder);
    return SHOWN.flatMap((pattern) => names.filter((name) => pattern.test(name))).map((name) =>
      path.relative(checkout, path.join(folder, name)).split(path.sep).join('/'),
    );
  };
}

/** GitLab's, Jenkins's, or that in which we are: a project may be but a folder of what was checked out. */
function checkoutOf({ CI_PROJECT_DIR, WORKSPACE }: NodeJS.ProcessEnv): string {
  const here = process.cwd();
  const isAround = (folder: string) => !path.relative(folder, here).startsWith('..');
  return [CI_PROJECT_DIR, WORKSPACE].find((folder) => folder && path.isAbsolute(folder) && isAround(folder)) ?? here;
}

/** Empty for evidence that is not there any more. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
