import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test as base, describe, vi } from 'vitest';
import { EnvironmentError } from '../errors.ts';
import { QmpClient, QmpClosedError } from '../qemu/qmp.ts';
import { allText, blockUntilDead, firstLine } from '../testing/processes.ts';
import { Deadline, monotonicMs } from '../units.ts';
import { type Launch, launch } from './launch.ts';
import type { MachinePlan } from './plan.ts';

/** For a host that is busy; nothing here waits for time to pass. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

interface LauncherParts {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly consoles?: readonly string[];
}

interface Fixtures {
  /** The run directory of the machine. */
  readonly directory: string;
  /** Starts a launcher, and ends it after the test. */
  readonly start: (command: readonly [string, ...string[]], parts?: LauncherParts) => Promise<Launch>;
}

const test = base.extend<Fixtures>({
  directory: async ({ task: _ }, use) => {
    const directory = mkdtempSync(path.join(tmpdir(), 'launch-'));
    await use(directory);
    rmSync(directory, { recursive: true });
  },
  start: async ({ directory }, use) => {
    const started: Launch[] = [];
    await use(async (command, { cwd = directory, env = {}, consoles = ['user'] } = {}) => {
      const plan: MachinePlan = {
        machine: {
          arch: 'x86_64',
          board: 'q35',
          cpu: undefined,
          cpus: 1,
          memoryBytes: 2 ** 28,
          network: { name: 'none', kind: 'none' },
          disks: [],
          firmware: undefined,
          accelerator: 'tcg',
          qemu: [],
        },
        source: { kind: 'launcher', command, cwd, env },
        consoles,
        exitDevice: false,
      };
      const launched = await launch(plan, { kind: 'boot' }, directory);
      for (const { input } of launched.consoles) input.on('error', () => {});
      started.push(launched);
      return launched;
    });
    for (const { process, consoles, monitor } of started) {
      await process.stop();
      for (const stream of [...consoles.flatMap(({ input, output }) => [input, output]), monitor]) stream?.destroy();
    }
  },
});

/** A program that stands in for a launcher whose QEMU has a monitor: `-qmp unix:PATH` is its last argument. */
function fakeQemu(script: string): [string, ...string[]] {
  const connect = `const qmp = require('node:net').connect(process.argv.at(-1).slice('unix:'.length));
    const say = (message) => qmp.write(JSON.stringify(message) + '\\r\\n');
    const greet = () => say({ QMP: { version: { qemu: { major: 8, minor: 1, micro: 2 } } } });`;
  return [process.execPath, '-e', connect + script, '--', '-qmp', 'unix:{qmp}'];
}

const ANSWERS = `greet(); qmp.on('data', (bytes) => {
  for (const line of String(bytes).trim().split('\\n')) {
    const { execute, id } = JSON.parse(line);
    say({ return: { ran: execute }, id });
    if (execute === 'quit') { say({ event: 'SHUTDOWN', data: { guest: false, reason: 'host-qmp-quit' } }); qmp.end(); }
  }
});`;

describe('a launcher', () => {
  test('speaks and listens as the machine’s one console', async ({ start, expect }) => {
    const { consoles, monitor, services } = await start(['sh', '-c', 'read word; echo "heard $word"']);
    const [console] = consoles;
    expect([consoles.length, monitor, services]).toEqual([1, undefined, undefined]);
    console?.input.write('hello\n');
    expect(await firstLine(console?.output)).toBe('heard hello');
  });

  test('has its whole output read, and its status told, when it has ended', async ({ start, expect }) => {
    const { consoles, process } = await start(['sh', '-c', 'head -c 300000 /dev/zero; exit 7']);
    expect(await allText(consoles[0]?.output)).toHaveLength(300_000);
    expect((await process.ended).exitCode).toBe(7);
  });

  test.skipIf(process.platform !== 'linux')(
    'need not wait for the harness to write tens of thousands of single bytes',
    async ({ start, expect }) => {
      const { consoles, process } = await start(['dd', 'if=/dev/zero', 'bs=1', 'count=60000']);
      blockUntilDead(process.pid as number);
      expect(await allText(consoles[0]?.output)).toHaveLength(60_000);
    },
  );

  test('keeps what it writes to stderr apart from what its guest says', async ({ start, expect }) => {
    const { consoles, process } = await start(['sh', '-c', 'echo "Compiling kernel" >&2; echo booting']);
    expect(await allText(consoles[0]?.output)).toBe('booting\n');
    await process.ended;
    expect(process.stderr).toBe('Compiling kernel\n');
  });

  test('runs in its folder, with its environment', async ({ start, directory, expect }) => {
    mkdirSync(path.join(directory, 'kernel'));
    const { consoles } = await start(['sh', '-c', 'pwd; echo "$PROFILE"; command -v sh >&2'], {
      cwd: path.join(directory, 'kernel'),
      env: { PROFILE: 'release' },
    });
    expect(await allText(consoles[0]?.output)).toBe(`${path.join(directory, 'kernel')}\nrelease\n`);
  });

  test('has its arguments handed over word by word', async ({ start, expect }) => {
    const { consoles, command } = await start(['printf', '[%s]', 'two words', '$HOME', '', "it's"]);
    expect(await allText(consoles[0]?.output)).toBe("[two words][$HOME][][it's]");
    expect(command).toEqual(['printf', '[%s]', 'two words', '$HOME', '', "it's"]);
  });

  test('that does not exist, or may not be executed, is refused by name', async ({ start, directory, expect }) => {
    await expect(start(['no-such-launcher'])).rejects.toThrow(EnvironmentError);
    await expect(start(['no-such-launcher'])).rejects.toThrow(
      /^The launcher no-such-launcher is not an executable program/,
    );
    writeFileSync(path.join(directory, 'plain'), '#!/bin/sh\n', { mode: 0o644 });
    await expect(start([path.join(directory, 'plain')])).rejects.toThrow(/plain is not an executable program/);
  });

  test('given by a path is found from its own folder', async ({ start, directory, expect }) => {
    writeFileSync(path.join(directory, 'run.sh'), '#!/bin/sh\necho "started in $PWD"\n', { mode: 0o755 });
    const { consoles } = await start(['./run.sh']);
    expect(await allText(consoles[0]?.output)).toBe(`started in ${directory}\n`);
  });

  test('has no second console', async ({ start, expect }) => {
    await expect(start(['true'], { consoles: ['user', 'kernel'] })).rejects.toThrow(/A launcher has one console/);
  });
});

describe('a launcher whose QEMU has a monitor', () => {
  test('connects to the path that stands for {qmp}', async ({ start, directory, expect }) => {
    const launched = await start(fakeQemu(ANSWERS));
    expect(launched.command.at(-1)).toBe(`unix:${directory}/qmp`);
    const qmp = new QmpClient(launched.monitor ?? expect.fail('no monitor'), monotonicMs());
    expect(await qmp.open()).toEqual({ major: 8, minor: 1, micro: 2 });
    expect(await qmp.execute('query-status')).toEqual({ ran: 'query-status' });
  });

  test('hears what was said before it connected', async ({ start, expect }) => {
    const launched = await start(fakeQemu(ANSWERS));
    const qmp = new QmpClient(launched.monitor ?? expect.fail('no monitor'), monotonicMs());
    expect(await Promise.all([qmp.execute('first'), qmp.execute('second')])).toEqual([
      { ran: 'first' },
      { ran: 'second' },
    ]);
  });

  test('has its last words on the monitor heard, also when it ends at once', async ({ start, expect }) => {
    const lastWords = `greet(); say({ event: 'SHUTDOWN', data: { guest: true, reason: 'guest-reset' } });
      qmp.write('', () => process.exit(0));`;
    for (let round = 0; round < 10; round++) {
      const launched = await start(fakeQemu(lastWords));
      const qmp = new QmpClient(launched.monitor ?? expect.fail('no monitor'), monotonicMs());
      await qmp.closed;
      expect(qmp.events.map(({ name }) => name)).toEqual(['SHUTDOWN']);
    }
  });

  test('has its monitor closed when QEMU hangs up, and pending commands with it', async ({ start, expect }) => {
    const launched = await start(fakeQemu(ANSWERS));
    const qmp = new QmpClient(launched.monitor ?? expect.fail('no monitor'), monotonicMs());
    await qmp.open();
    await qmp.execute('quit');
    expect(await qmp.event('SHUTDOWN', Deadline.after(60_000))).toBeDefined();
    await qmp.closed;
    await expect(qmp.execute('cont')).rejects.toThrow(QmpClosedError);
  });

  test('and that ends without ever connecting closes the monitor, and leaves no socket', async ({
    start,
    directory,
    expect,
  }) => {
    const launched = await start(['sh', '-c', 'echo "error: could not compile" >&2; exit 101', '-qmp', 'unix:{qmp}']);
    const qmp = new QmpClient(launched.monitor ?? expect.fail('no monitor'), monotonicMs());
    expect(await qmp.open()).toBeUndefined();
    await qmp.closed;
    expect((await launched.process.ended).exitCode).toBe(101);
    await expect.poll(() => existsSync(path.join(directory, 'qmp')), { timeout: 60_000 }).toBe(false);
  });
});
