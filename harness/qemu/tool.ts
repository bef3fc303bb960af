import type { Bytes, Deadline } from '../units.ts';
import { StreamedProcess } from './process.ts';

/** What a program said until it ended or was ended. */
export interface ToolOutput {
  readonly stdout: string;
  readonly stderr: string;
  /**
   * - `ended`: by itself, with whatever status.
   * - `late`: it was killed when the deadline passed.
   * - `too-much`: it was killed when it had printed more than {@link MOST_OUTPUT}.
   * - `not-started`
   */
  readonly end: 'ended' | 'late' | 'too-much' | 'not-started';
}

const MOST_OUTPUT: Bytes = 64 * 2 ** 20;

/**
 * Runs a program that only answers a question, and that may be killed at any moment. No such program may ask servers on
 * the net for debug information, whatever the user's environment says.
 */
export async function runTool(
  file: string,
  args: readonly string[],
  within: Deadline,
  input: string = '',
): Promise<ToolOutput> {
  const tool = new StreamedProcess(file, args, {
    streams: 0,
    env: { DEBUGINFOD_URLS: '', LLVM_SYMBOLIZER_OPTS: '', LC_ALL: 'C' },
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  const full = new Promise<'too-much'>((resolve) => {
    tool.stdout?.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MOST_OUTPUT) chunks.push(chunk);
      else resolve('too-much');
    });
  });
  tool.stdin?.on('error', () => {}); // It has ended without reading everything.
  tool.stdin?.end(input);
  const ended = tool.ended.then(() => 'ended' as const);
  const outcome = await within.race<ToolOutput['end'], 'late'>([ended, full], 'late');
  const { spawnError } = await tool.kill();
  return {
    stdout: Buffer.concat(chunks).toString(),
    stderr: tool.stderr,
    end: spawnError === undefined ? outcome : 'not-started',
  };
}
