import { test as base, describe, vi } from 'vitest';
import { allText, firstLine, isAlive, waitUntilGone } from '../testing/processes.ts';
import { type ProcessOptions, StreamedProcess } from './process.ts';

/** For a host that is busy; the ladder has patience with each rung. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

interface Fixtures {
  /** Starts a shell script, and stops what is left of it after the test. */
  readonly shell: (script: string, options?: Partial<ProcessOptions>) => StreamedProcess;
}

const test = base.extend<Fixtures>({
  shell: async ({ task: _ }, use) => {
    const started: StreamedProcess[] = [];
    await use((script, options = {}) => {
      const process = new StreamedProcess('/bin/sh', ['-c', script], { streams: 0, ...options });
      started.push(process);
      return process;
    });
    for (const process of started) await process.stop();
  },
});

/** The numbers that a script prints on its first line: its own process id or its children's. */
async function pidsOf(process: StreamedProcess): Promise<number[]> {
  return (await firstLine(process.stdout)).split(' ').map(Number);
}

describe('a process', () => {
  test('is read from and written to like any other', async ({ shell, expect }) => {
    const process = shell('read word; echo "heard $word"');
    process.stdin?.write('hello\n');
    expect(await firstLine(process.stdout)).toBe('heard hello');
    expect(await process.ended).toEqual({ exitCode: 0, signal: undefined, spawnError: undefined });
  });

  test('inherits streams from file descriptor 3 on, each for both directions', async ({ shell, expect }) => {
    const process = shell('read word <&3; echo "3 heard $word" >&3; read word <&4; echo "4 heard $word" >&4', {
      streams: 2,
    });
    const [third, fourth] = process.streams;
    const answers = Promise.all([firstLine(third), firstLine(fourth)]);
    fourth?.write('second\n');
    third?.write('first\n');
    expect(await answers).toEqual(['3 heard first', '4 heard second']);
    expect(process.streams).toHaveLength(2);
  });

  test('tells its exit status', async ({ shell, expect }) => {
    const process = shell('exit 7');
    expect(process.end).toBeUndefined();
    expect(await process.ended).toEqual({ exitCode: 7, signal: undefined, spawnError: undefined });
    expect(process.end).toEqual(await process.ended);
  });

  test('tells the signal that ended it', async ({ shell, expect }) => {
    expect(await shell('kill -SEGV $$').ended).toEqual({
      exitCode: undefined,
      signal: 'SIGSEGV',
      spawnError: undefined,
    });
  });

  test('runs where it is told to, with the harness’s environment and what is added to it', async ({
    shell,
    expect,
  }) => {
    const process = shell('echo "$PWD $TWINBOOT_ADDED $PATH"', { cwd: '/', env: { TWINBOOT_ADDED: 'added' } });
    expect(await firstLine(process.stdout)).toBe(`/ added ${globalThis.process.env.PATH}`);
  });

  test('leads a process group of its own, which a terminal’s ^C does not reach', async ({ shell, expect }) => {
    const process = shell('echo $$ $(ps -o pgid= -p $$); read _');
    expect(await pidsOf(process)).toEqual([process.pid, process.pid]);
  });

  test('has the last of what it wrote to stderr kept', async ({ shell, expect }) => {
    const process = shell('head -c 100000 /dev/zero | tr "\\0" x >&2; echo "qemu: fatal" >&2');
    await process.ended;
    expect(process.stderr).toMatch(/^x+qemu: fatal\n$/);
    expect(process.stderr).toHaveLength(16 * 1024);
  });

  test('ends also when nobody reads what it says', async ({ shell, expect }) => {
    const process = shell('for stream in 1 2 3; do head -c 500000 /dev/zero >&$stream; done; exit 3', { streams: 1 });
    expect((await process.ended).exitCode).toBe(3);
  });

  test('leaves its last words to be read after its end', async ({ shell, expect }) => {
    const process = shell('echo last words >&3', { streams: 1 });
    expect(await allText(process.streams[0])).toBe('last words\n');
    await process.ended;
  });
});

describe('a process that cannot be started', () => {
  test('because there is no such program ends at once, and says which', async ({ expect }) => {
    const process = new StreamedProcess('/no/such/qemu', [], { streams: 1 });
    const { exitCode, spawnError } = await process.ended;
    // Where another program starts it, that one reports: 127, as shells do.
    expect(spawnError ?? exitCode).toBe(globalThis.process.platform === 'linux' ? 127 : 'ENOENT');
    if (spawnError === undefined) expect(process.stderr).toContain('/no/such/qemu');
  });

  test('because its folder does not exist tells the system’s error', async ({ shell, expect }) => {
    const process = shell('true', { cwd: '/no/such/folder' });
    expect(await process.ended).toEqual({ exitCode: undefined, signal: undefined, spawnError: 'ENOENT' });
    expect(process.pid).toBeUndefined();
    expect(await process.stop()).toBe('already-ended');
  });
});

describe('stopping', () => {
  test.concurrent('does nothing to a process that has ended', async ({ shell, expect }) => {
    const process = shell('true');
    await process.ended;
    let asked = false;
    const rung = await process.stop(async () => {
      asked = true;
    });
    expect([rung, asked]).toEqual(['already-ended', false]);
  });

  test.concurrent('asks it to quit first, and needs no more when that works', async ({ shell, expect }) => {
    const process = shell('echo ready; read command; test "$command" = quit');
    await firstLine(process.stdout);
    const rung = await process.stop(async () => {
      process.stdin?.write('quit\n');
    });
    expect([rung, process.end?.exitCode]).toEqual(['quit', 0]);
  });

  test.concurrent.for<[string, () => Promise<unknown>]>([
    ['is refused', () => Promise.reject(new Error('no'))],
    ['is never answered', () => new Promise(() => {})],
    ['is answered and not followed', () => Promise.resolve()],
  ])('sends SIGTERM when its quit %s', async ([, quit], { shell, expect }) => {
    const process = shell('echo ready; exec sleep 3600');
    await firstLine(process.stdout);
    expect(await process.stop(quit)).toBe('SIGTERM');
    expect(process.end?.signal).toBe('SIGTERM');
  });

  test.concurrent('lets a process clean up when it is sent SIGTERM', async ({ shell, expect }) => {
    const process = shell('trap "echo cleaned; exit 5" TERM; echo ready; while :; do sleep 0.05; done');
    await firstLine(process.stdout);
    const said = firstLine(process.stdout);
    expect(await process.stop()).toBe('SIGTERM');
    expect([await said, process.end?.exitCode]).toEqual(['cleaned', 5]);
  });

  test.concurrent('sends SIGKILL to a process that ignores everything else', async ({ shell, expect }) => {
    const process = shell('trap "" TERM; echo ready; while :; do sleep 0.05; done');
    await firstLine(process.stdout);
    expect(await process.stop(() => Promise.resolve())).toBe('SIGKILL');
    expect(process.end?.signal).toBe('SIGKILL');
  });

  test.concurrent('ends a process that is stopped', async ({ shell, expect }) => {
    const process = shell('echo ready; kill -STOP $$');
    await firstLine(process.stdout);
    expect(await process.stop()).toMatch(/SIGTERM|SIGKILL/);
  });

  test.concurrent('may be asked for by several at once', async ({ shell, expect }) => {
    const process = shell('echo ready; exec sleep 3600');
    await firstLine(process.stdout);
    await Promise.all([process.stop(), process.stop(), process.stop()]);
    expect(await process.stop()).toBe('already-ended');
  });

  test.concurrent('ends what the process has started, and what that has started', async ({ shell, expect }) => {
    const process = shell("sh -c 'sleep 3600 & echo $$ $!; wait' & wait");
    const pids = await pidsOf(process);
    expect(pids.filter(isAlive)).toEqual(pids);
    await process.stop();
    await waitUntilGone(pids);
  });

  test.concurrent('ends a child that ignores SIGTERM although its parent did not', async ({ shell }) => {
    const process = shell('sh -c \'trap "" TERM; echo $$; while :; do sleep 0.05; done\' & wait');
    const pids = await pidsOf(process);
    await process.stop();
    await waitUntilGone(pids);
  });

  test.concurrent('ends a child in a session of its own', async ({ shell }) => {
    const process = shell("setsid sh -c 'echo $$; sleep 3600' & wait");
    const pids = await pidsOf(process);
    await process.stop();
    await waitUntilGone(pids);
  });
});

describe('a process that ends by itself', () => {
  test.concurrent('takes its children with it', async ({ shell }) => {
    const process = shell('sleep 3600 <&- >&- 2>&- & echo $!');
    const pids = await pidsOf(process);
    await process.ended;
    await waitUntilGone(pids);
  });

  test.concurrent('has not ended for us while a child still holds its streams', async ({ shell, expect }) => {
    const process = shell(
      '(trap "" TERM; while kill -0 $$; do sleep 0.05; done; echo the child still speaks; sleep 3600) & exit 3',
    );
    expect(await firstLine(process.stdout)).toBe('the child still speaks');
    expect(process.end).toBeUndefined();
    expect(await process.stop()).toBe('SIGKILL');
    expect(process.end?.exitCode).toBe(3);
  });
});
