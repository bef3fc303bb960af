import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

/** Whether a process still runs. One that has ended and that nobody has reaped yet does not. */
export function isAlive(pid: number): boolean {
  const { error, stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  if (error) throw error;
  const state = stdout.trim();
  return state !== '' && !state.startsWith('Z');
}

/** Kills a process that may end by itself at any moment. */
export function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ESRCH')) throw cause;
  }
}

/** Resolves once none of the processes runs. The bound is for a test that fails, not for a host that is slow. */
export async function waitUntilGone(pids: readonly number[]): Promise<void> {
  for (let polls = 0; pids.some(isAlive); polls++) {
    if (polls > 2_000) throw new Error(`still running: ${pids.filter(isAlive).join(', ')}`);
    await delay(20);
  }
}

/** What a stream says up to the end of its first line, from now on. */
export async function firstLine(stream: Readable | null | undefined): Promise<string> {
  if (!stream) throw new TypeError('the process has no such stream');
  let text = '';
  while (!text.includes('\n')) {
    const [bytes] = (await once(stream, 'data')) as [Buffer];
    text += bytes.toString();
  }
  return text.slice(0, text.indexOf('\n'));
}

/** Resolves once a stream has said this line, from now on. */
export async function lineSaid(stream: Readable | null | undefined, line: string): Promise<void> {
  if (!stream) throw new TypeError('the process has no such stream');
  let text = '\n';
  while (!text.includes(`\n${line}\n`)) {
    const [bytes] = (await once(stream, 'data')) as [Buffer];
    text += bytes.toString();
  }
}

/** Everything that a stream says from now on. */
export async function allText(stream: Readable | null | undefined): Promise<string> {
  if (!stream) throw new TypeError('the process has no such stream');
  const chunks: Buffer[] = [];
  for await (const bytes of stream) chunks.push(bytes as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Keeps this process from reading its streams meanwhile. Linux only: a zombie is a dead one that has not been waited for. */
export function blockUntilDead(pid: number): void {
  execFileSync('sh', ['-c', `until grep -q '^State:.*Z' /proc/${pid}/status; do :; done`], { timeout: 60_000 });
}
