import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

/** Whether a process still runs. One that has ended and that nobody has reaped yet does not. */
export function isAlive(pid: number): boolean {
  const { error, stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  if (error) throw error;
  const state = stdout.trim();
  return state !== '' && !state.startsWith('Z');
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

/** Everything that a stream says from now on. */
export async function allText(stream: Readable | null | undefined): Promise<string> {
  if (!stream) throw new TypeError('the process has no such stream');
  const chunks: Buffer[] = [];
  for await (const bytes of stream) chunks.push(bytes as Buffer);
  return Buffer.concat(chunks).toString();
}
