import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { Duplex, duplexPair, Transform } from 'node:stream';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Deadline, monotonicMs } from '../units.ts';
import { GuestConsole } from './guest-console.ts';
import { openShell, resumeShell, type ShellSession } from './shell.ts';
import type { CommandOutcome, ShellSpec } from './shell-spec.ts';

// Real shells on a loaded host take their time; no test here is about time.
vi.setConfig({ testTimeout: 120_000 });

const patiently = (): Deadline => Deadline.after(240_000);
/** Eats all that is typed. It is not a program: ^C cannot come while the shell is starting one, and get lost. */
const READS_FOREVER = 'while read line; do :; done';
const textsOf = (outcome: CommandOutcome): string[] => outcome.output.map((line) => line.text);

const consoles: GuestConsole[] = [];
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const console of consoles.splice(0)) await console[Symbol.asyncDispose]();
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
});

function consoleOf(port: Duplex): GuestConsole {
  const console = new GuestConsole({ output: port, input: port }, { name: 'user', startedAt: monotonicMs() });
  consoles.push(console);
  return console;
}

function start(file: string, args: readonly string[], noise: Transform[] = []): GuestConsole {
  const child = spawn(file, args, { env: { PATH: process.env.PATH, TERM: 'vt100', HOME: '/nowhere' } });
  children.push(child);
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => {});
  const readable = noise.reduce<NodeJS.ReadableStream>((stream, next) => stream.pipe(next), child.stdout);
  return consoleOf(Duplex.from({ readable, writable: child.stdin }));
}

/** A shell that is not interactive may drop the prompt that it inherits, so it is set by the last one. */
const SET_PROMPT = `export PS1='boot# '`;

const onTerminal = (shell: string, noise?: Transform[]): GuestConsole =>
  start('script', ['-qfec', `stty cols 80; ${SET_PROMPT}; exec ${shell}`, '/dev/null'], noise);

const posix: ShellSpec = { prompt: 'boot# ', status: 'posix' };

async function open(console: GuestConsole, spec: ShellSpec = posix): Promise<ShellSession> {
  const opened = await openShell(console, spec, patiently());
  if (opened.kind !== 'open')
    throw new Error(`The shell did not open: ${opened.kind}. ${JSON.stringify(console.recent())}`);
  return opened.session;
}

const has = (file: string, ...args: string[]): boolean => spawnSync(file, args, { stdio: 'ignore' }).status === 0;
const hasTerminal = has('script', '-qfec', 'true', '/dev/null');

const shells = [
  { name: 'dash on a terminal', command: 'dash -i', isThere: hasTerminal && has('dash', '-c', ':') },
  {
    name: 'bash with its line editor',
    command: 'bash --norc --noprofile -i',
    isThere: hasTerminal && has('bash', '-c', ':'),
  },
  {
    name: 'busybox ash with its line editor',
    command: 'busybox ash -i',
    isThere: hasTerminal && has('busybox', 'ash', '-c', ':'),
  },
];

for (const { name, command: shell, isThere } of shells) {
  describe.skipIf(!isThere)(`a POSIX shell: ${name}`, () => {
    test.each([
      ['true', 0, []],
      ['false', 1, []],
      ['! true', 1, []],
      ['true && false', 1, []],
      ['false; true', 0, []],
      ['(exit 42)', 42, []],
      ['echo one; echo two', 0, ['one', 'two']],
      ['', 0, []],
      ['echo x # a comment', 0, ['x']],
      ['# nothing but a comment', 0, []],
      [`echo "it's" 'a "quoted"' \\'word\\'`, 0, [`it's a "quoted" 'word'`]],
      ['echo "$HOME" `echo tick` $(echo paren)', 0, ['/nowhere tick paren']],
      ['printf "no newline"', 0, ['no newline']],
      ['printf "blank line\\n\\n"', 0, ['blank line', '']],
      ['echo a\necho b\nfalse', 1, ['a', 'b']],
      ['cat <<EOF\nfrom here\nEOF', 0, ['from here']],
      ['for i in 1 2 3\ndo\necho $i\ndone', 0, ['1', '2', '3']],
      [`echo ${'long '.repeat(40)}end`, 0, [`${'long '.repeat(40)}end`]],
      [`echo ${'wide'.repeat(30)}\necho ${'more'.repeat(30)}`, 0, ['wide'.repeat(30), 'more'.repeat(30)]],
    ])('%j has status %d', async (command, status, output) => {
      const session = await open(onTerminal(shell));
      const outcome = await session.run(command, { deadline: patiently() });
      expect(outcome).toMatchObject({ kind: 'finished', status, truncatedOutput: false });
      expect(textsOf(outcome)).toEqual(output);
      expect(session.state).toBe('idle');
    });

    test('commands follow each other in one shell', async () => {
      const session = await open(onTerminal(shell));
      await session.run('x=kept', { deadline: patiently() });
      for (const status of [3, 0, 7]) {
        const outcome = await session.run(`echo $x; (exit ${status})`, { deadline: patiently() });
        expect(outcome).toMatchObject({ kind: 'finished', status, output: [{ text: 'kept' }] });
      }
    });

    test('a command in the background does not hold up the shell', async () => {
      const session = await open(onTerminal(shell));
      expect(await session.run('sleep 0 &', { deadline: patiently() })).toMatchObject({ kind: 'finished', status: 0 });
      expect(await session.run('wait', { deadline: patiently() })).toMatchObject({ kind: 'finished', status: 0 });
    });

    test('a command that reads the terminal cannot eat the question for its status', async () => {
      const session = await open(onTerminal(shell));
      const running = session.run('read line; echo "got $line"; (exit 5)', { deadline: patiently() });
      const console = consoles[0] as GuestConsole;
      await console.send('typed\n');
      const outcome = await running;
      expect(outcome).toMatchObject({ kind: 'finished', status: 5 });
      expect(textsOf(outcome).at(-1)).toBe('got typed');
    });

    test('a syntax error is not a status of 0, and the shell goes on', async () => {
      const session = await open(onTerminal(shell));
      for (const command of ['echo "unbalanced', 'if true', ')']) {
        const outcome = await session.run(command, { deadline: patiently() });
        expect(outcome.kind === 'no-status' || (outcome.kind === 'finished' && outcome.status !== 0)).toBe(true);
        expect(textsOf(outcome).join('\n')).toMatch(/unexpected|unterminated|syntax/i);
      }
      expect(await session.run('true', { deadline: patiently() })).toMatchObject({ kind: 'finished', status: 0 });
    });

    test('no output can forge a status: not the prompt, not an old dialogue, not what was typed', async () => {
      const session = await open(onTerminal(shell));
      const console = consoles[0] as GuestConsole;
      await session.run('true', { deadline: patiently() });
      const dialogue = console.recent().map((line) => line.text.replace(/[^ -~]/g, ''));
      const forgery = ['boot# ', ...dialogue].map((text) => `echo '${text.replaceAll("'", "'\\''")}'`).join('\n');
      const outcome = await session.run(`${forgery}\nset\n(exit 9)`, { deadline: patiently() });
      expect(outcome).toMatchObject({ kind: 'finished', status: 9 });
      expect(textsOf(outcome)).toEqual(expect.arrayContaining(['boot# ', dialogue.at(-1)]));
    });

    test('tracing does not mislead it', async () => {
      const session = await open(onTerminal(shell));
      await session.run('set -x', { deadline: patiently() });
      expect(await session.run('(exit 6)', { deadline: patiently() })).toMatchObject({ kind: 'finished', status: 6 });
      expect(await session.run('set +x', { deadline: patiently() })).toMatchObject({ kind: 'finished', status: 0 });
    });

    test('a quote that was typed before makes the shell ask for more; it is interrupted and usable', async () => {
      const session = await open(onTerminal(shell));
      await (consoles[0] as GuestConsole).send("'");
      expect(await session.run('echo x', { deadline: patiently() })).toMatchObject({
        kind: 'wants-more-input',
        usable: true,
      });
      expect(await session.run('true', { deadline: patiently() })).toMatchObject({ kind: 'finished', status: 0 });
    });

    test('the echo of a command that has a rejected word in its name is not rejected, its output is', async () => {
      const session = await open(onTerminal(shell));
      const options = { deadline: patiently(), rejects: [/panic/] };
      const command = `: ${'x'.repeat(60)} panic_test`;
      expect(await session.run(command, options)).toMatchObject({ kind: 'finished', status: 0 });
      expect(await session.run(`:\n${command}\n:`, options)).toMatchObject({ kind: 'finished', status: 0 });
      expect(await session.run('echo panic_test', options)).toMatchObject({
        kind: 'rejected',
        line: { text: 'panic_test' },
      });
    });

    test('knows which programs exist', async () => {
      const session = await open(onTerminal(shell));
      expect(await session.exists('ls', patiently())).toBe(true);
      expect(await session.exists("no such 'program", patiently())).toBe(false);
      await session.run('command() { return 127; }', { deadline: patiently() });
      expect(await session.exists('ls', patiently())).toBeUndefined();
    });

    test('a command that does not come back loses the session, until the shell answers again', async () => {
      const session = await open(onTerminal(shell));
      const console = consoles[0] as GuestConsole;
      expect(await session.run(READS_FOREVER, { deadline: Deadline.after(200) })).toMatchObject({ kind: 'timeout' });
      await expect(session.run('true', { deadline: patiently() })).rejects.toThrow(
        'run() needs a shell session that is idle; this one is lost.',
      );
      expect(await session.alive(Deadline.after(100))).toBe(false);
      await console.send('\x03');
      expect(await session.alive(patiently())).toBe(true);
      expect(await session.run('echo back', { deadline: patiently() })).toMatchObject({
        kind: 'finished',
        output: [{ text: 'back' }],
      });
    });

    test('an abort, a rejected line and the end of the console end a command', async () => {
      const session = await open(onTerminal(shell));
      const abort = new AbortController();
      const running = session.run(READS_FOREVER, { deadline: patiently(), signal: abort.signal });
      abort.abort();
      expect(await running).toMatchObject({ kind: 'aborted' });
      await (consoles[0] as GuestConsole).send('\x03');
      expect(await session.alive(patiently())).toBe(true);
      const rejects = [/^Kernel panic/];
      const rejected = await session.run(`echo before; echo "Kernel panic"; ${READS_FOREVER}`, {
        deadline: patiently(),
        rejects,
      });
      expect(rejected).toMatchObject({ kind: 'rejected', line: { text: 'Kernel panic' }, pattern: rejects[0] });
      expect(textsOf(rejected)).toEqual(['before', 'Kernel panic']);
      await (consoles[0] as GuestConsole).send('\x03');
      expect(await session.alive(patiently())).toBe(true);
      expect(await session.run('echo bye; kill -9 $$', { deadline: patiently() })).toMatchObject({ kind: 'closed' });
    });

    test('kernel messages anywhere in the dialogue do not change a status', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 3, maxLength: 3 }), async (gaps) => {
          let isOn = false;
          const console = onTerminal(shell, [kernelMessages(gaps, () => isOn)]);
          const session = await open(console);
          isOn = true;
          const outcome = await session.run('echo before; (exit 3)', { deadline: patiently() });
          expect(outcome).toMatchObject({ kind: 'finished', status: 3 });
          expect(await session.run('true', { deadline: patiently() })).toMatchObject({ kind: 'finished', status: 0 });
        }),
        { numRuns: 12 },
      );
    });
  });
}

/** Prints a kernel message after so many bytes, then after so many more, and so on. */
function kernelMessages(gaps: readonly number[], isOn: () => boolean): Transform {
  const left = [...gaps];
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      let rest = chunk;
      while (isOn() && left[0] !== undefined && rest.length >= left[0]) {
        this.push(rest.subarray(0, left[0]));
        this.push('[    1.234567] random: crng init done\r\n');
        rest = rest.subarray(left.shift());
      }
      if (isOn() && left[0] !== undefined) left[0] -= rest.length;
      done(null, rest);
    },
  });
}

describe.skipIf(!has('sh', '-c', ':'))('a POSIX shell without a terminal and without echo', () => {
  const onPipe = (): GuestConsole => start('sh', ['-c', `${SET_PROMPT}; exec sh -i 2>&1`]);

  test('has statuses and output', async () => {
    const session = await open(onPipe());
    const outcome = await session.run('echo one; printf two; (exit 4)', { deadline: patiently() });
    expect(outcome).toMatchObject({ kind: 'finished', status: 4 });
    expect(textsOf(outcome)).toEqual(['one', 'two']);
    expect(await session.run('cat <<EOF\na\nb\nEOF', { deadline: patiently() })).toMatchObject({
      output: [{ text: 'a' }, { text: 'b' }],
    });
  });

  test('a flood is bounded and its status is known', async () => {
    const session = await open(onPipe());
    const flood = 'i=0; while [ $i -lt 30000 ]; do echo $i; i=$((i+1)); done; (exit 8)';
    const outcome = await session.run(flood, { deadline: patiently() });
    expect(outcome).toMatchObject({ kind: 'finished', status: 8, truncatedOutput: true });
    expect(outcome.output.length).toBeLessThanOrEqual(10_000);
    expect(outcome.output.at(-1)?.text).toBe('29999');
  });

  test('a line without an end, longer than any kept, does not hide the status', async () => {
    const session = await open(onPipe());
    const outcome = await session.run('head -c 300000 /dev/zero | tr "\\0" x; (exit 2)', { deadline: patiently() });
    expect(outcome).toMatchObject({ kind: 'finished', status: 2, output: [{ truncated: true }] });
  });

  test('slow typing loses nothing', async () => {
    const session = await open(onPipe(), { ...posix, typing: { chunk: 8, pauseMs: 1 } });
    expect(await session.run('(exit 11)', { deadline: patiently() })).toMatchObject({ kind: 'finished', status: 11 });
  });

  test('a clone goes on with the session of its template', async () => {
    const template = await open(onPipe());
    const guest = consoles[0] as GuestConsole;
    const [port, other] = duplexPair();
    // The clone's console begins empty: it receives only what is said from now on.
    guest.subscribe({ accept: (line) => other.write(`${line.text}\n`) });
    other.on('data', (bytes: Buffer) => void guest.send(bytes));
    const clone = resumeShell(consoleOf(port), posix, JSON.parse(JSON.stringify(template.snapshot)));
    const running = clone.run('(exit 12)', { deadline: patiently() });
    await guest.wait({ from: 0, line: /:[0-9a-f]+\.12>/ }, patiently());
    other.write(`${guest.tail}`);
    expect(await running).toMatchObject({ kind: 'finished', status: 12 });
  });

  test('leaves nothing alive when its console is disposed and its process killed', async () => {
    const session = await open(onPipe());
    const [line] = (await session.run('echo $$', { deadline: patiently() })).output;
    const child = children[0] as ChildProcess;
    expect(Number(line?.text)).toBe(child.pid);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(() => execFileSync('kill', ['-0', String(child.pid)], { stdio: 'ignore' })).toThrow();
  });
});

describe('opening', () => {
  function openScripted(spec: ShellSpec = posix) {
    const [port, guest] = duplexPair();
    const console = consoleOf(port);
    const typed: string[] = [];
    guest.setEncoding('utf8').on('data', (text: string) => typed.push(text));
    const rejects = [/panic/];
    return { console, guest, typed, opening: openShell(console, spec, patiently(), rejects) };
  }

  async function answerHandshake(guest: Duplex): Promise<void> {
    const [text] = (await once(guest, 'data')) as [string];
    const [, first, second] = /PS1="(tb-\w+)""(\w+> )"/.exec(text) ?? [];
    guest.write(`${text.replace('\n', '\r\n')}${first}${second}`);
  }

  test('a prompt at the end of the unfinished line opens the session', async () => {
    const { guest, opening } = openScripted();
    guest.write('booting\r\nboot# ');
    await answerHandshake(guest);
    expect(await opening).toMatchObject({ kind: 'open' });
  });

  test('a prompt that kernel messages were printed onto does, too', async () => {
    const { guest, opening } = openScripted();
    guest.write('boot# [    2.1] eth0: link up\r\n[    2.2] eth0: ready\r\n');
    await answerHandshake(guest);
    expect(await opening).toMatchObject({ kind: 'open' });
  });

  test('a prompt without a shell behind it does not: nobody answers the handshake', async () => {
    const { guest, typed, opening } = openScripted();
    guest.write('boot# ');
    await once(guest, 'data');
    guest.write('tb-00000000> tb-> \r\n');
    guest.end('halted');
    expect(await opening).toEqual({ kind: 'closed' });
    expect(typed.join('')).toMatch(/^PS1=.* PS2=.*\n$/);
  });

  test('the handshake is typed again for a shell that had not listened yet', async () => {
    const { guest, opening } = openScripted();
    guest.write('boot# ');
    await once(guest, 'data');
    await answerHandshake(guest);
    expect(await opening).toMatchObject({ kind: 'open' });
  });

  test('a panic ends the waiting', async () => {
    const { guest, opening, typed } = openScripted();
    guest.write('panic: no init\r\nboot# ');
    expect(await opening).toMatchObject({ kind: 'rejected', line: { text: 'panic: no init' } });
    expect(typed).toEqual([]);
  });

  test('the deadline ends the waiting', async () => {
    const [port] = duplexPair();
    expect(await openShell(consoleOf(port), posix, Deadline.after(0))).toEqual({ kind: 'timeout' });
  });

  test('lines end with \\r where the target says so', async () => {
    const { guest, typed } = openScripted({ ...posix, enter: '\r' });
    guest.write('boot# ');
    await once(guest, 'data');
    expect(typed.join('')).toMatch(/^[^\n]*\r$/);
  });
});

describe('a shell of which only the prompt is known', () => {
  interface Program {
    readonly prints: string;
    readonly status?: number;
  }

  /** A shell that knows a few commands; `echoes` is what a terminal with or without echo gives back. */
  function scriptedShell(programs: Record<string, Program>, echoes: boolean): Duplex {
    const [port, guest] = duplexPair();
    let typed = '';
    let status = 0;
    guest.setEncoding('utf8').on('data', (text: string) => {
      typed += text;
      if (echoes) guest.write(text.replaceAll('\n', '\r\n'));
      for (let end = typed.indexOf('\n'); end >= 0; end = typed.indexOf('\n')) {
        const command = typed.slice(0, end);
        typed = typed.slice(end + 1);
        const program = programs[command];
        if (command === 'status') guest.write(`last: ${status}\r\n`);
        else if (command !== '') guest.write(program?.prints ?? `${command}: not found\r\n`);
        if (command !== 'status') status = program?.status ?? 1;
        guest.write('# ');
      }
    });
    guest.write('hobby os\r\n# ');
    return port;
  }

  const plain: ShellSpec = { prompt: '# ', status: 'none' };
  const asking: ShellSpec = { prompt: '# ', status: { command: 'status', line: /^last: (\d+)$/g } };

  for (const echoes of [true, false]) {
    describe(echoes ? 'with echo' : 'without echo', () => {
      test.each([
        ['two lines', 'one\r\ntwo\r\n', ['one', 'two']],
        ['no newline at the end', 'one\r\ntwo', ['one', 'two']],
        ['nothing', '', []],
        ['one line without an end', 'only', ['only']],
        ['something like the prompt', '# comment\r\n', ['# comment']],
        ['its own name', 'other\r\ncmd\r\n', ['other', 'cmd']],
      ])('the output of a command that prints %s', async (_what, prints, output) => {
        const session = await open(consoleOf(scriptedShell({ cmd: { prints } }, echoes)), plain);
        const outcome = await session.run('cmd', { deadline: patiently() });
        expect(outcome).toMatchObject({ kind: 'finished', status: undefined });
        expect(textsOf(outcome)).toEqual(output);
      });

      test('the status is asked for with the declared command', async () => {
        const programs = { good: { prints: 'last: 77\r\n', status: 0 }, bad: { prints: '', status: 3 } };
        const session = await open(consoleOf(scriptedShell(programs, echoes)), asking);
        expect(await session.run('good', { deadline: patiently() })).toMatchObject({
          status: 0,
          output: [{ text: 'last: 77' }],
        });
        expect(await session.run('bad', { deadline: patiently() })).toMatchObject({
          kind: 'finished',
          status: 3,
          output: [],
        });
        expect(await session.alive(patiently())).toBe(true);
        expect(await session.run('good', { deadline: patiently() })).toMatchObject({ kind: 'finished', status: 0 });
      });
    });
  }

  test('a status command that tells none leaves the command without one', async () => {
    const spec: ShellSpec = { prompt: '# ', status: { command: 'stat', line: /^last: (\d+)$/ } };
    const session = await open(consoleOf(scriptedShell({}, true)), spec);
    const outcome = await session.run('x', { deadline: patiently() });
    expect(outcome).toMatchObject({ kind: 'no-status', output: [{ text: 'x: not found' }] });
  });

  test('a prompt that a kernel message was printed onto is shown again by an empty line', async () => {
    const shell = scriptedShell({ cmd: { prints: 'out\r\n# [  1.5] usb: new device\r\n' } }, true);
    const session = await open(consoleOf(shell), plain);
    const outcome = await session.run('cmd', { deadline: patiently() });
    expect(outcome.kind).toBe('finished');
    expect(textsOf(outcome)[0]).toBe('out');
  });

  test('the echo of a command that has a rejected word in its name is not rejected, its output is', async () => {
    const programs = { panic_test: { prints: 'ok\r\n' }, cmd: { prints: 'panic: at the disco\r\n' } };
    const session = await open(consoleOf(scriptedShell(programs, true)), plain);
    const options = { deadline: patiently(), rejects: [/panic/] };
    expect(await session.run('panic_test', options)).toMatchObject({ kind: 'finished', output: [{ text: 'ok' }] });
    expect(await session.run('cmd', options)).toMatchObject({
      kind: 'rejected',
      line: { text: 'panic: at the disco' },
    });
  });

  test('it cannot say which programs exist', async () => {
    const session = await open(consoleOf(scriptedShell({}, true)), plain);
    expect(await session.exists('ls', patiently())).toBeUndefined();
  });

  test('a command that cannot be typed is a fault of the declaration', async () => {
    const session = await open(consoleOf(scriptedShell({}, true)), plain);
    await expect(session.run('a\nb', { deadline: patiently() })).rejects.toThrow('cannot contain the character "\\n"');
    expect(session.state).toBe('idle');
  });
});
