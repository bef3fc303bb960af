import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Arch, archNames } from '../arch/archs.ts';
import { readEvidence } from '../debug/evidence-folder.ts';
import { findGdb } from '../debug/gdb-program.ts';
import { debugMachine } from '../debug/session.ts';
import { startAgain } from '../debug/start-again.ts';
import { findExecutable } from '../qemu/executable.ts';
import { leftovers, machinesOf } from '../testing/leftovers.ts';
import { calamityConfig, TestProject } from '../testing/project.ts';
import { exitCodeOf } from './exit-code.ts';

const SUITE = `
import { defineSuite } from 'twinboot';

defineSuite('broken', {
  cases: {
    booted: { boot: { append: 'lock-irqs-off' }, timeout: '1s' },
    typed: { run: 'lock-irqs-off', timeout: '1s' },
    reset: { boot: { append: 'reset' }, skip: { on: 'x86_64', because: 'one is enough' } },
    'no machine': { boot: { kernel: 'nowhere' } },
  },
});

// A display that is there on both architectures.
defineSuite('seen', { machine: { qemu: ['-device', 'ramfb'] }, cases: { panic: { boot: { append: 'panic' } } } });
`;

let project: TestProject;

beforeAll(async () => {
  project = new TestProject({ 'vitest.config.ts': calamityConfig(), 'suites/broken.suite.ts': SUITE });
  const run = await project.twinboot(['run']);
  expect(run.exitCode, run.all).toBe(1);
});

afterEach(async () => expect(await leftovers(project)).toEqual([]));

afterAll(() => project[Symbol.dispose]());

/** The evidence of a case, as its verdict names it. */
function evidenceOf(name: string, arch: Arch): string {
  const found = project.results().results.find((each) => each.case === name && each.environment.endsWith(arch));
  return `reports/latest/${found?.evidence}`;
}

/** Runs gdb's commands in the machine of a case. */
function debug(folder: string, commands: readonly string[], options: readonly string[] = []) {
  const gdb = commands.flatMap((command) => ['-ex', command]);
  return project.twinboot(['debug', ...options, folder, '--', '-nx', '-batch', ...gdb]);
}

describe.each(archNames)('the machine of a case on %s', (arch) => {
  test('that was typed at a clone is cloned, and the command typed when it runs', async () => {
    const folder = evidenceOf('typed', arch);
    const commands = ['backtrace', 'break word_lock_irqs_off', 'continue', 'backtrace 3'];
    const { exitCode, stdout, stderr } = await debug(folder, commands);
    expect([exitCode, stdout], stderr).toEqual([
      0,
      expect.stringMatching(/#\d .*serial_read[\s\S]*Breakpoint 1, word_/),
    ]);
    expect(stdout).toMatch(/#0 +word_lock_irqs_off [\s\S]*#1 .*run_command /);
    expect(stderr).toMatch(/ {2}stopped {5}at its prompt, where it was frozen: a clone of the template [0-9a-f]{12}…/);
    expect(stderr).toContain('  types       `lock-irqs-off`, as soon as the guest runs (--no-type: nothing)\n');
    expect(stderr).toContain('twinboot: typed `lock-irqs-off`.\n');
    expect(stderr).not.toContain('  note ');
  });

  test('is told in its verdict, and seen where it has a display', () => {
    const folder = evidenceOf('booted', arch);
    const isSeen = (name: string) => existsSync(path.join(project.folder, evidenceOf(name, arch), 'screenshot.png'));
    expect([isSeen('panic'), isSeen('booted')]).toEqual([true, false]);
    expect(project.read(`${folder}/verdict.txt`)).toMatch(new RegExp(`  reproduce   npx twinboot debug ${folder}\n$`));
    expect(existsSync(path.join(project.folder, folder, 'reproduce.sh'))).toBe(true);
  });
});

const ON: Arch = 'x86_64';

test('a machine that was booted is booted, and stopped where it went wrong', async () => {
  const folder = evidenceOf('booted', 'aarch64');
  const commands = ['hbreak virtio_blk_submit', 'continue', 'backtrace'];
  const { exitCode, stdout, stderr } = await debug(folder, commands);
  expect([exitCode, stdout], stderr).toEqual([0, expect.stringMatching(/Breakpoint 1, .*virtio_blk_submit/)]);
  expect(stdout).toMatch(/#1 .*virtio_blk_read .*\n#2 .*word_lock_irqs_off/);
  expect(stderr).toMatch(new RegExp(`^twinboot debug ${folder}\n  evidence    hang \\(spinning-irqs-off\\): .*\n`));
  expect(stderr).toContain('  stopped     before its first instruction\n');
  expect(stderr).toMatch(/^\[user\] stage: ready$/m);
  expect(stderr).not.toMatch(/^ {2}types/m);
});

test('a machine that panicked is stopped in the panic; gdb’s exit status is the command’s', async () => {
  const { exitCode, stdout, stderr } = await debug(evidenceOf('panic', ON), [
    'break panic',
    'continue',
    'bt',
    'quit 7',
  ]);
  expect([exitCode, stdout], stderr).toEqual([
    7,
    expect.stringMatching(/panic \(reason=0x\w+ "something is very wrong"/),
  ]);
  expect(stdout).toMatch(/#1 .*ext2_read_superblock .*\n#2 .*ext2_mount/);
});

test('a machine that reset is kept as it was then', async () => {
  const { exitCode, stdout, stderr } = await debug(evidenceOf('reset', 'aarch64'), ['continue', 'backtrace']);
  expect([exitCode, stdout], stderr).toEqual([0, expect.stringMatching(/#\d .*\bword_reset /)]);
  expect(stderr).toContain('twinboot: the machine has come to its end (guest-reset).');
});

describe('a command of the case', () => {
  test('is not typed where that is not wanted', async () => {
    const { exitCode, stdout, stderr } = await debug(evidenceOf('typed', ON), ['stepi', 'backtrace'], ['--no-type']);
    expect([exitCode, stdout], stderr).toEqual([0, expect.stringContaining('serial_read')]);
    expect(stderr).not.toMatch(/^ {2}types|^twinboot: typed|Remote communication error|QEMU has ended/m);
  });

  test('is typed at the prompt when the template is no longer there and the machine is booted', async () => {
    await project.twinboot(['cache', 'clear']);
    const commands = ['hbreak word_lock_irqs_off', 'continue'];
    const { exitCode, stdout, stderr } = await debug(evidenceOf('typed', ON), commands);
    expect([exitCode, stdout], stderr).toEqual([0, expect.stringContaining('Breakpoint 1, word_lock_irqs_off')]);
    expect(stderr).toContain(
      '  note        booted, not cloned as it was then: its template is no longer in the cache\n',
    );
    expect(stderr).toContain('  types       `lock-irqs-off`, as soon as the guest is at its prompt');
    expect(stderr).toContain('twinboot: typed `lock-irqs-off`.\n');
  });
});

test('a machine whose files have changed is told to be another', async () => {
  const folder = copyOfEvidence('changed', (document) => {
    for (const file of document.files) file.mtimeMs += 1_000;
  });
  const { machine, notes } = await startAgain(readEvidence(path.join(project.folder, folder)));
  await using _machine = machine;
  expect(machine.beginning.kind).toBe('boot');
  expect(notes).toContainEqual(
    expect.stringMatching(/^the kernel \S+\/calamity\.elf is not what it was when the evidence was written$/),
  );
  expect(notes).toContain('booted, not cloned as it was then: it is made of other files by now');
});

test('gdb and QEMU meet at a socket that nobody else can reach, and nothing of it is on the network', async () => {
  const running = debug(evidenceOf('booted', ON), ['continue']);
  await new Transcript(running.stderr).until('[user] stage: ready');
  const files = readdirSync(project.temporary, { recursive: true, encoding: 'utf8' });
  const [socket = ''] = files.filter((file) => path.basename(file) === 'gdb');
  const folder = path.dirname(path.join(project.temporary, socket));
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  const sockets = machinesOf(project).flatMap(({ pid }) => socketsOf(pid));
  expect(sockets.length).toBeGreaterThan(0);
  const onNetwork = ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((table) => inodesIn(`/proc/net/${table}`));
  expect(sockets.filter((inode) => onNetwork.includes(inode))).toEqual([]);
  process.kill(Number(running.pid), 'SIGINT'); // That is gdb's.
  process.kill(Number(running.pid), 'SIGTERM');
  expect((await running).exitCode).toBe(143);
});

describe('a terminal', () => {
  test('is gdb’s: ^C stops the guest, and quitting ends the machine', async () => {
    const running = project.twinbootUnder(
      ['sh', '-c', 'exec script -qefc "$*" /dev/null', 'sh'],
      ['debug', evidenceOf('booted', ON), '--', '-nx'],
      { TERM: 'dumb' },
    );
    const heard = new Transcript(running.stdout);
    const type = (keys: string) => running.stdin?.write(keys);
    await heard.until('(gdb) ');
    type('continue\n');
    await heard.until('[user] stage: ready');
    type('\x03');
    await heard.until('Program received signal SIGINT');
    await heard.until('(gdb) ');
    type('quit\n');
    await heard.until('(y or n)');
    type('y\n');
    const { all } = await running;
    expect(all).toMatch(/Quit anyway\? \(y or n\) y\s*$/); // Neither gdb nor the machine has anything more to say.
  });
});

describe('whoever ends it', () => {
  test('by SIGHUP leaves nothing', async () => {
    const running = debug(evidenceOf('booted', ON), ['continue']);
    await new Transcript(running.stderr).until('[user] stage: ready');
    process.kill(Number(running.pid), 'SIGHUP');
    expect((await running).exitCode).toBe(129);
  });

  test('by SIGKILL leaves nothing', async () => {
    const running = debug(evidenceOf('booted', ON), ['continue']);
    await new Transcript(running.stderr).until('[user] stage: ready');
    process.kill(Number(running.pid), 'SIGKILL');
    expect((await running).signal).toBe('SIGKILL');
  });
});

describe('a folder that is of no use', () => {
  /** The exit code that the command has, and what it says. */
  const refused = async (name: string): Promise<[number | undefined, string]> => {
    const folder = path.join(project.folder, name);
    const refusal: unknown = await debugMachine({ folder, gdbArguments: [], types: true, write: () => {} }).catch(
      (error: unknown) => error,
    );
    return [exitCodeOf(refusal), String(refusal)];
  };

  test('because it is not there, or no evidence', async () => {
    const expected = 'expected a folder of evidence, as the line `evidence` of a case that did not pass names it';
    expect(await refused('nowhere')).toEqual([2, expect.stringContaining(`nowhere does not exist: ${expected}`)]);
    expect(await refused('package.json')).toEqual([2, expect.stringContaining(`package.json is a file: ${expected}`)]);
    expect(await refused('suites')).toEqual([2, expect.stringContaining(`suites has no machine.json: ${expected}`)]);
  });

  test('because its case had no machine', async () => {
    expect(await refused(evidenceOf('no machine', ON))).toEqual([
      2,
      expect.stringContaining('its case ran on no machine'),
    ]);
  });

  test('because what it says of its machine was cut, or is of another version', async () => {
    const folder = copyOfEvidence('cut', () => {});
    const file = path.join(project.folder, folder, 'machine.json');
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 100));
    expect(await refused(folder)).toEqual([
      2,
      expect.stringContaining('cut/machine.json: not JSON, or cut short after 100'),
    ]);
    const other = copyOfEvidence('other', (document) => {
      document.schema = 'twinboot-machine/2';
    });
    expect(await refused(other)).toEqual([
      2,
      expect.stringMatching(/expected "twinboot-machine\/1", got "twinboot-machine\/2"/),
    ]);
  });

  test('because a launcher started the machine', async () => {
    const folder = copyOfEvidence('launched', (document) => {
      document.plan.source = { kind: 'launcher', command: ['cargo', 'run'], cwd: '/', env: {} };
    });
    const [exitCode, all] = await refused(folder);
    expect([exitCode, all]).toEqual([69, expect.stringContaining('was started by a launcher, `cargo run`')]);
    expect(all).toContain(`sh ${path.join(project.folder, folder)}/reproduce.sh`);
  });

  test('because its kernel is gone', async () => {
    const folder = copyOfEvidence('gone', (document) => {
      document.plan.source.image.kernel = '/nowhere/kernel.elf';
      document.files[0].path = '/nowhere/kernel.elf';
    });
    expect(await refused(folder)).toEqual([69, expect.stringContaining('/nowhere/kernel.elf')]);
  });

  test('is told by the command, as is a second one', async () => {
    const nowhere = await project.twinboot(['debug', 'nowhere']);
    expect([nowhere.exitCode, nowhere.all]).toEqual([2, expect.stringContaining('nowhere does not exist: expected')]);
    const two = await project.twinboot(['debug', 'one', 'two']);
    expect([two.exitCode, two.all]).toEqual([2, expect.stringContaining('arguments for gdb stand behind "--"')]);
  });
});

describe('without a gdb that knows the architecture', () => {
  /** A search path with nothing of gdb but these scripts. */
  const pathWith = (name: string, scripts: Readonly<Record<string, string>>) => {
    const folder = path.join(project.folder, name);
    mkdirSync(folder);
    for (const program of ['sh', 'setpriv', 'rm'])
      symlinkSync(findExecutable(program) ?? '', path.join(folder, program));
    for (const [script, text] of Object.entries(scripts)) {
      writeFileSync(path.join(folder, script), `#!/bin/sh\n${text}\n`);
      chmodSync(path.join(folder, script), 0o755);
    }
    return { PATH: folder };
  };

  afterEach(() => vi.unstubAllEnvs());

  test('because none is installed, that is an error', async () => {
    vi.stubEnv('PATH', pathWith('none', {}).PATH);
    const refusal: unknown = await findGdb('aarch64', 'folder').catch((error: unknown) => error);
    expect([exitCodeOf(refusal), String(refusal)]).toEqual([
      69,
      expect.stringContaining('No gdb for aarch64 is installed; any of gdb-multiarch, '),
    ]);
  });

  test('because it is another, there is no debugger, and a way without', async () => {
    const folder = evidenceOf('panic', 'aarch64');
    const another = pathWith('another', { gdb: `echo 'Undefined item: "aarch64".' >&2; exit 1` });
    const { exitCode, all } = await project.twinboot(['debug', folder], another);
    expect([exitCode, all]).toEqual([69, expect.stringContaining('gdb: none knows aarch64; any of gdb-multiarch, ')]);
    expect(all).toContain(`sh ${folder}/reproduce.sh -S -gdb "unix:$d/gdb,server=on,wait=off"`);
  });
});

/** The evidence of the case at the prompt with another machine.json. */
// biome-ignore lint/suspicious/noExplicitAny: the document is taken apart on purpose.
function copyOfEvidence(name: string, change: (document: any) => void): string {
  const document = JSON.parse(project.read(`${evidenceOf('typed', ON)}/machine.json`));
  change(document);
  project.write(`${name}/machine.json`, JSON.stringify(document, undefined, 2));
  return name;
}

/** The sockets that a process has open, by inode. */
function socketsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap(
    (name) => /^socket:\[(\d+)\]$/.exec(readlinkSync(path.join(folder, name)))?.[1] ?? [],
  );
}

/** The sockets in one of the kernel's tables, by inode. */
function inodesIn(table: string): string[] {
  const [, ...rows] = readFileSync(table, 'utf8').trim().split('\n');
  return rows.map((row) => row.trim().split(/\s+/)[9] ?? '');
}

/** What a process says, to be waited for. */
class Transcript {
  #unread = '';
  #arrived: () => void = () => {};
  #ended = false;

  constructor(stream: Readable | null) {
    stream?.on('data', (bytes: Buffer) => {
      this.#unread += bytes.toString();
      this.#arrived();
    });
    stream?.once('end', () => {
      this.#ended = true;
      this.#arrived();
    });
  }

  /** Resolves once this was said, and forgets what was said before. */
  async until(text: string): Promise<void> {
    while (!this.#unread.includes(text)) {
      if (this.#ended) throw new Error(`ended without ${JSON.stringify(text)} after ${this.#unread}`);
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
    this.#unread = this.#unread.slice(this.#unread.indexOf(text) + text.length);
  }
}
