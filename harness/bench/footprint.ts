import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import v8 from 'node:v8';
import vm from 'node:vm';
import type { Bytes } from '../units.ts';
import { workspace } from './workspace.ts';

/** What this process holds, and what it has left lying about. */
export class Footprint {
  #known: ReadonlySet<string> = new Set();

  /** What there is now is no leftover. */
  settle(): void {
    this.#known = new Set(found());
  }

  /** Processes and files that there are since {@link settle}. */
  left(): string[] {
    return found().filter((what) => !this.#known.has(what));
  }

  /** What is reachable after everything else has been collected, buffers outside of V8's heap included. */
  liveBytes(): Bytes {
    v8.setFlagsFromString('--expose-gc');
    const collect = vm.runInNewContext('gc') as () => void;
    collect();
    collect(); // Buffers that the first one finds dead are given back by the second.
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  }

  /** Open files, sockets and pipes. */
  openFiles(): number {
    return readdirSync('/dev/fd').length;
  }
}

function found(): string[] {
  return [...files(), ...processes()];
}

/** Everything in the folders in which machines keep their files, the cache of templates excepted. */
function files(): string[] {
  const runDirectories = path.dirname(workspace());
  const cache = path.join(workspace(), 'cache');
  return readdirSync(runDirectories, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(runDirectories, name))
    .filter((file) => !file.startsWith(`${cache}${path.sep}`));
}

/** What we started, by itself or through others: it inherits the name of the workspace. Elsewhere than on Linux, nobody tells. */
function processes(): string[] {
  if (process.platform !== 'linux') return [];
  const mark = `\0TMPDIR=${workspace()}`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return `\0${readFileSync(`/proc/${pid}/environ`, 'utf8')}`.includes(mark);
      } catch {
        return false; // It has ended meanwhile, or is another user's.
      }
    });
}
