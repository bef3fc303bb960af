import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { TestProject } from './project.ts';

/** What the first serial line of each of a project's running machines has said so far. */
export function consolesOf({ temporary }: Pick<TestProject, 'temporary'>): string[] {
  return filesIn(temporary)
    .filter((file) => file.endsWith('console0-user.log'))
    .map(contentOf);
}

/** Every file below a folder whose own folders come and go meanwhile. */
function filesIn(folder: string): string[] {
  return entriesOf(folder).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    return entry.isDirectory() ? filesIn(name) : [name];
  });
}

/** Nothing, when it is gone by now. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Nothing, when it is gone by now. */
function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
