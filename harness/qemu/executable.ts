import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

/** The full path of a program as the shell would find it, or `undefined`. */
export function findExecutable(program: string, searchPath = process.env.PATH ?? ''): string | undefined {
  const candidates = program.includes('/')
    ? [program]
    : searchPath.split(path.delimiter).map((folder) => path.join(folder || '.', program));
  return candidates.find(isExecutableFile);
}

function isExecutableFile(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
