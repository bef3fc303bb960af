import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A folder for one test. */
export class ScratchFolder implements Disposable {
  readonly path = mkdtempSync(path.join(tmpdir(), 'twinboot-test-'));

  /** The path of something in it. */
  at(...parts: string[]): string {
    return path.join(this.path, ...parts);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
