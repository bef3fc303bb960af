import { spawn } from 'node:child_process';

/**
 * Runs a program to its end and keeps what it says.
 *
 * @param {string[]} argv
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, input?: string }} [options] `input` is given on standard input, which is empty otherwise
 * @returns {Promise<{ ok: boolean, started: boolean, stdout: Buffer, stderr: string, words: string }>} `started`
 *   is false when there is no such program; `words` is everything it wrote to both streams, in the order of arrival
 */
export function run([program, ...args], { cwd, env, input } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env, stdio: 'pipe' });
    const stdout = [];
    const stderr = [];
    const everything = [];
    child.stdout.on('data', (chunk) => stdout.push(chunk) && everything.push(chunk));
    child.stderr.on('data', (chunk) => stderr.push(chunk) && everything.push(chunk));
    child.stdin.on('error', () => {}); // A program that ends without reading its input is judged by its exit status.
    child.stdin.end(input ?? '');
    const text = (chunks) => Buffer.concat(chunks).toString().trim();
    const settle = (ok, started) =>
      resolve({ ok, started, stdout: Buffer.concat(stdout), stderr: text(stderr), words: text(everything) });
    child.on('error', () => settle(false, false));
    child.on('close', (code) => settle(code === 0, true));
  });
}
