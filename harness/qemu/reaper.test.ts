import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { firstLine, isAlive, waitUntilGone } from '../testing/processes.ts';
import { createRunDirectory, createSocketDirectory, removeRunDirectory } from './reaper.ts';

/** For a host that is busy; nothing here waits for time to pass. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const project = path.resolve(import.meta.dirname, '../..');
let built: string;

/** The sources as a user has them: compiled. A process that is killed runs without vitest. */
beforeAll(() => {
  built = mkdtempSync(path.join(tmpdir(), 'reaper-'));
  symlinkSync(path.join(project, 'node_modules'), path.join(built, 'node_modules'));
  writeFileSync(path.join(built, 'package.json'), JSON.stringify({ type: 'module' }));
  const configuration = {
    extends: path.join(project, 'tsconfig.build.json'),
    compilerOptions: { outDir: built, rootDir: project, declaration: false },
    files: [path.join(project, 'harness/qemu/process.ts')],
    include: [],
  };
  writeFileSync(path.join(built, 'tsconfig.json'), JSON.stringify(configuration));
  const tsc = path.join(project, 'node_modules/.bin/tsc');
  const { status, stdout } = spawnSync(tsc, ['-p', path.join(built, 'tsconfig.json')], { encoding: 'utf8' });
  expect(stdout).toBe('');
  expect(status).toBe(0);
});
afterAll(() => rmSync(built, { recursive: true, force: true }));

interface Harness {
  readonly process: ChildProcess;
  /** What its script printed first, as JSON. */
  readonly said: { readonly directory: string; readonly pids: readonly number[] };
}

const harnesses: Harness[] = [];
/** After a test that failed, too. */
afterEach(() => {
  for (const { process: harness, said } of harnesses.splice(0)) {
    harness.kill('SIGKILL');
    for (const pid of said.pids.filter(isAlive)) process.kill(pid, 'SIGKILL');
  }
});

/** Runs a script in which the harness's modules are at hand, until it has said what it did. */
async function startHarness(script: string): Promise<Harness> {
  const imports = [
    `import { spawn } from 'node:child_process';`,
    `import { writeFileSync } from 'node:fs';`,
    `import { once } from 'node:events';`,
    `import { createServer } from 'node:net';`,
    `import { StreamedProcess } from './harness/qemu/process.js';`,
    `import { createRunDirectory, createSocketDirectory, forgetReaped, reapWithUs } from './harness/qemu/reaper.js';`,
    `const say = (what) => console.log(JSON.stringify(what));`,
  ];
  const file = path.join(built, `${randomUUID()}.mjs`);
  writeFileSync(file, [...imports, script].join('\n'));
  const child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'ignore'] });
  const harness = { process: child, said: JSON.parse(await firstLine(child.stdout)) as Harness['said'] };
  harnesses.push(harness);
  return harness;
}

/** A machine as the harness knows it: a run directory with a file in it, a process and that one's child. */
const START_MACHINE = `
  const directory = createRunDirectory();
  writeFileSync(directory + '/disk0.qcow2', 'guest data');
  const machine = new StreamedProcess('/bin/sh', ['-c', 'sleep 3600 & echo $$ $!; wait'], { streams: 2 });
  const [line] = await once(machine.stdout, 'data');
  say({ directory, pids: String(line).trim().split(' ').map(Number) });
`;

/** The reaper of a harness, found by the folder that it is to remove. */
function reapersOf(directory: string): string[] {
  const { stdout } = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .filter((args) => args.includes('twinboot-reaper') && args.includes(path.dirname(directory)));
}

async function expectNothingLeft({ directory, pids }: Harness['said']): Promise<void> {
  await waitUntilGone(pids);
  await expect.poll(() => existsSync(path.dirname(directory)), { timeout: 60_000 }).toBe(false);
  await expect.poll(() => reapersOf(directory), { timeout: 60_000 }).toEqual([]);
}

describe('nothing is left of a machine', () => {
  test.each<[string, string, (harness: ChildProcess) => void]>([
    ['is killed with SIGKILL', 'setInterval(() => {}, 1000);', (harness) => harness.kill('SIGKILL')],
    ['is ended with SIGTERM', 'setInterval(() => {}, 1000);', (harness) => harness.kill('SIGTERM')],
    [
      'crashes',
      `process.stdin.once('data', () => { throw new Error('as the test wants it'); });`,
      (harness) => harness.stdin?.write('\n'),
    ],
    [
      'exits without a word',
      `process.stdin.once('data', () => process.exit(3));`,
      (harness) => harness.stdin?.write('\n'),
    ],
  ])('when the harness %s', async (_, wait, end) => {
    const harness = await startHarness(`${START_MACHINE}\n${wait}`);
    expect(harness.said.pids.map(isAlive)).toEqual([true, true]);
    expect(existsSync(path.join(harness.said.directory, 'disk0.qcow2'))).toBe(true);
    expect(reapersOf(harness.said.directory)).toHaveLength(1);
    end(harness.process);
    await expectNothingLeft(harness.said);
  });

  test('that ignores every signal it can, in the hands of a harness that is killed', async () => {
    const harness = await startHarness(`
      const directory = createRunDirectory();
      const script = 'trap "" TERM INT HUP; sh -c "echo \\\\$\\\\$; while :; do sleep 0.05; done" & while :; do sleep 0.05; done';
      const machine = new StreamedProcess('/bin/sh', ['-c', script], { streams: 0 });
      const [line] = await once(machine.stdout, 'data');
      say({ directory, pids: [machine.pid, Number(String(line))] });
      setInterval(() => {}, 1000);
    `);
    expect(harness.said.pids.map(isAlive)).toEqual([true, true]);
    harness.process.kill('SIGKILL');
    await expectNothingLeft(harness.said);
  });
});

test('a process group that has ended by itself is left alone: its number may be another’s', {
  timeout: 120_000,
}, async () => {
  const harness = await startHarness(`
    const directory = createRunDirectory();
    const groups = [1, 2, 3, 4].map(() => spawn('sleep', ['3600'], { detached: true, stdio: 'ignore' }).pid);
    for (const group of groups) reapWithUs(group);
    forgetReaped(groups[1]);
    forgetReaped(groups[3]);
    forgetReaped(groups[3]);
    say({ directory, pids: groups });
    setInterval(() => {}, 1000);
  `);
  const [first = 0, second = 0, third = 0, fourth = 0] = harness.said.pids;
  harness.process.kill('SIGKILL');
  await expectNothingLeft({ ...harness.said, pids: [first, third] });
  expect([second, fourth].map(isAlive)).toEqual([true, true]);
});

test('a harness that has nothing more to do is not kept from ending', async () => {
  const harness = await startHarness(`say({ directory: createRunDirectory(), pids: [process.pid] });`);
  harness.process.stdin?.end();
  await expectNothingLeft(harness.said);
});

describe('a run directory', () => {
  test('is new, empty, and closed to other users', () => {
    const directories = [createRunDirectory(), createRunDirectory()];
    expect(new Set(directories).size).toBe(2);
    for (const directory of directories) {
      expect(statSync(directory).mode & 0o777).toBe(0o700);
      expect(statSync(path.dirname(directory)).mode & 0o777).toBe(0o700);
      removeRunDirectory(directory);
    }
  });

  test('is removed with all that is in it, and once is enough', () => {
    const directory = createRunDirectory();
    writeFileSync(path.join(directory, 'console.log'), 'x');
    removeRunDirectory(directory);
    removeRunDirectory(directory);
    expect(existsSync(directory)).toBe(false);
  });
});

describe('a run directory for a socket', () => {
  test('is one like any other where its path is short enough', () => {
    const directory = createSocketDirectory('socket');
    expect(path.dirname(directory)).toBe(path.dirname(createRunDirectory()));
    removeRunDirectory(directory);
  });

  test('lies elsewhere where a socket would not have room, closed to others, and goes with its harness all the same', async () => {
    const long = path.join(built, 'long'.repeat(25));
    mkdirSync(long);
    const harness = await startHarness(`
      process.env.TMPDIR = ${JSON.stringify(long)};
      const directory = createSocketDirectory('socket');
      const server = createServer().listen(directory + '/socket');
      await once(server, 'listening');
      say({ directory: createRunDirectory(), pids: [process.pid], socket: directory + '/socket' });
    `);
    const { directory, socket } = harness.said as Harness['said'] & { readonly socket: string };
    const folder = path.dirname(socket);
    expect(directory.startsWith(long)).toBe(true);
    expect(folder.startsWith(long)).toBe(false);
    expect(statSync(socket).isSocket()).toBe(true);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    harness.process.kill('SIGKILL');
    await expectNothingLeft(harness.said);
    await expect.poll(() => existsSync(folder), { timeout: 60_000 }).toBe(false);
  });
});
