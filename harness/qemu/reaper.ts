import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Bytes } from '../units.ts';

/**
 * Reads `start GROUP`, `end GROUP` and `folder PATH` until the harness closes the pipe or dies, by whatever signal; then
 * ends the process groups that are left and removes the folders. A shell, because it must cost nothing and outlive us.
 */
const REAPER_SCRIPT = `
trap '' HUP INT TERM
groups=' '
while read -r verb what; do
  case $verb in
    start) groups="$groups$what " ;;
    end) groups="\${groups%% $what *} \${groups#* $what }" ;;
    folder) set -- "$@" "$what" ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
rm -rf -- "$@"
`;

interface Reaper {
  readonly root: string;
  readonly process: ChildProcess;
}

let reaper: Reaper | undefined;
let nextRun = 0;

/**
 * A new folder for one machine's files, readable by this user alone. Whoever asked for it removes it
 * ({@link removeRunDirectory}); should this process die first, the reaper does.
 */
export function createRunDirectory(): string {
  const directory = path.join(ensureReaper().root, String(nextRun++));
  mkdirSync(directory, { mode: 0o700 });
  return directory;
}

/** What a unix socket's path may have at most, on every system: macOS gives it 104 bytes, the last of them zero. */
const LONGEST_SOCKET_PATH: Bytes = 103;

/**
 * As {@link createRunDirectory}, and so that a unix socket of this name has room in it: where the folder for temporary
 * files has a long path, in another one.
 */
export function createSocketDirectory(socketName: string): string {
  const directory = createRunDirectory();
  if (Buffer.byteLength(path.join(directory, socketName)) <= LONGEST_SOCKET_PATH) return directory;
  removeRunDirectory(directory);
  const short = mkdtempSync('/tmp/twinboot-');
  ensureReaper().process.stdin?.write(`folder ${short}\n`);
  return short;
}

export function removeRunDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}

/** From now on the process group `pid` dies with this process, however that ends. */
export function reapWithUs(pid: number): void {
  ensureReaper().process.stdin?.write(`start ${pid}\n`);
}

/** The process group has ended by itself: its number may be another's soon. */
export function forgetReaped(pid: number): void {
  reaper?.process.stdin?.write(`end ${pid}\n`);
}

function ensureReaper(): Reaper {
  if (reaper) return reaper;
  const root = mkdtempSync(path.join(tmpdir(), 'twinboot-'));
  // A session of its own: a terminal's ^C must not reach it.
  const shell = spawn('/bin/sh', ['-c', REAPER_SCRIPT, 'twinboot-reaper', root], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  shell.stdin.on('error', () => {});
  shell.unref();
  (shell.stdin as unknown as { unref(): void }).unref();
  reaper = { root, process: shell };
  return reaper;
}
