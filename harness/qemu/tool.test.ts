import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { waitUntilGone } from '../testing/processes.ts';
import { ScratchFolder } from '../testing/scratch-folder.ts';
import { Deadline, monotonicMs } from '../units.ts';
import { runTool } from './tool.ts';

const AMPLE = () => Deadline.after(120_000);

test('a program gets its input, and what it says is kept', async () => {
  const output = await runTool('sh', ['-c', 'cat; echo said "$DEBUGINFOD_URLS" >&2'], AMPLE(), 'asked');
  expect(output).toEqual({ stdout: 'asked', stderr: 'said \n', end: 'ended' });
});

test('one that never ends is killed when the time is up, with all that it started', async () => {
  using scratch = new ScratchFolder();
  const file = scratch.at('pids');
  const script = `trap "" TERM; sleep 1000 & echo $$ $! > ${file}.new; mv ${file}.new ${file}; wait`;
  const begunAt = monotonicMs();
  let excused = 0;
  const onceItRuns = Deadline.after(10, () => {
    if (!existsSync(file)) excused = monotonicMs() - begunAt;
    return excused;
  });
  expect(await runTool('sh', ['-c', script], onceItRuns)).toMatchObject({ end: 'late' });
  const pids = readFileSync(file, 'utf8').trim().split(' ').map(Number);
  expect(pids).toHaveLength(2);
  await waitUntilGone(pids);
});

test('one that prints without end is killed', async () => {
  const output = await runTool('yes', [], AMPLE());
  expect(output.end).toBe('too-much');
});

test('one that does not read its input may do so', async () => {
  expect(await runTool('true', [], AMPLE(), 'x'.repeat(1_000_000))).toMatchObject({ end: 'ended' });
});
