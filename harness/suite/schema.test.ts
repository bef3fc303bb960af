import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { DeclarationError } from '../errors.ts';
import { checkDeclaration } from './check.ts';
import { bootStagesSchema, configSchema, suiteSchema, targetSchema } from './schema.ts';

/** The message that refuses a declaration, without the name of what was declared; `fine` when it is accepted. */
function check(schema: z.ZodType, declared: unknown): string {
  try {
    expect(checkDeclaration('it', schema, declared)).toBe(declared);
    return 'fine';
  } catch (error) {
    expect(error).toBeInstanceOf(DeclarationError);
    return (error as Error).message.replace(/^it: /, '');
  }
}

const linux = {
  name: 'linux',
  images: { x86_64: { from: 'kernel', kernel: 'vmlinuz' } },
  shell: { prompt: '# ', status: 'posix' },
};
const target = (parts: object) => check(targetSchema, { ...linux, ...parts });
const suite = (parts: object) => check(suiteSchema, { cases: { ls: { run: 'ls' } }, ...parts });
const oneCase = (declared: unknown) => check(suiteSchema, { cases: { 'alarm() fires': declared } });
const config = (parts: object) => check(configSchema, { targets: [linux], ...parts });

describe('a suite', () => {
  test('with everything in it is fine', () => {
    expect(
      suite({
        needs: ['posix-shell'],
        isolation: 'fresh',
        machine: { cpus: 2, memory: '1G', network: 'user', disks: ['scratch'], qemu: ['-device', 'edu'] },
        atLeast: 2,
        timeout: '5s',
        retry: 2,
        probes: { 'sys_*': 'entry', panic: { max: 0 }, do_syscall_64: { min: 1, max: 10, on: 'x86_64' } },
        results: { tap: 'required', exitStatus: false, qemuExit: { 0: 'crash', 33: 'pass', 255: 'fail' } },
        cases: {
          ls: { run: 'ls', about: 'lists files', timeout: 500, retry: 0, skip: { on: 'arm64', because: 'no port' } },
          rm: { run: 'rm', expectFailure: { on: 'arm64', because: 'no port', issue: '#12' } },
          boots: { boot: { kernel: { amd64: 'a', arm64: 'b' }, append: '', cpus: 4 }, skip: { because: 'later' } },
        },
      }),
    ).toBe('fine');
  });

  test.each<[string, object, string]>([
    [
      'an unknown field',
      { isolaton: 'fresh' },
      'unknown field "isolaton" (did you mean "isolation"?); the fields are needs, isolation, machine, atLeast, timeout, retry, results, interrupts, events, probes, cases',
    ],
    [
      'a wrong choice',
      { isolation: 'frsh' },
      'isolation: expected "clone" | "shared" | "fresh", got "frsh" (did you mean "fresh"?)',
    ],
    ['a wrong type', { needs: 'shell' }, 'needs: expected array, got "shell"'],
    ['an empty text', { needs: [''] }, 'needs[0]: expected a text, got an empty one'],
    ['a floor that is none', { atLeast: 0 }, 'atLeast: expected a number above 0'],
    ['half a case', { atLeast: 1.5 }, 'atLeast: expected a whole number'],
    ['a retry before the first attempt', { retry: -1 }, 'retry: expected a number from 0 up'],
    ['half a retry', { retry: 0.5 }, 'retry: expected a whole number'],
    ['retries in words', { retry: 'twice' }, 'retry: expected a number'],
    ['a duration without a unit', { timeout: '5' }, 'timeout: expected a duration such as "5s" or "250ms", got "5"'],
    [
      'a size that QEMU would read otherwise',
      { machine: { memory: '256' } },
      'machine.memory: expected a size such as "256M", got "256"',
    ],
    ['no case at all', { cases: {} }, 'cases: expected at least one case'],
    ['cases that are missing', { cases: undefined }, 'cases: expected record, got nothing'],
  ])('with %s is refused by its place', (_, parts, message) => {
    expect(suite(parts)).toBe(message);
  });

  test('with several mistakes is told all of them', () => {
    expect(suite({ isolation: 'none', timeout: 'soon', atLeast: -1 }).split('\n  ')).toHaveLength(3);
  });
});

const NO_PROBE =
  'expected "entry", or how many calls there may be: { min: 1 }, { max: 0 }, { min: 1, max: 10, on: "arm64" }';

describe('a case', () => {
  const exactlyOne =
    'cases."alarm() fires": expected exactly one of run (a command at the shell) and boot (an image of its own)';

  test.each<[string, unknown, string]>([
    ['that runs nothing', {}, exactlyOne],
    ['that runs and boots', { run: 'ls', boot: {} }, exactlyOne],
    [
      'with an unknown field',
      { run: 'ls', timout: '5s' },
      'cases."alarm() fires": unknown field "timout" (did you mean "timeout"?); the fields are run, boot, about, timeout, retry, results, interrupts, events, probes, skip, expectFailure',
    ],
    [
      'with a wrong duration',
      { run: 'ls', timeout: '5 parsecs' },
      'cases."alarm() fires".timeout: expected a duration such as "5s" or "250ms", got "5 parsecs"',
    ],
    [
      'that is skipped without a reason',
      { run: 'ls', skip: {} },
      'cases."alarm() fires".skip.because: expected string, got nothing',
    ],
    ...(
      [
        ['exit', NO_PROBE],
        [{ mim: 1 }, 'unknown field "mim" (did you mean "min"?); the fields are min, max, on'],
        [{ min: 'once' }, NO_PROBE],
        [{ min: 2, max: 1 }, 'expected a min that is no more than the max'],
      ] as const
    ).map(([probe, message]): [string, unknown, string] => [
      `with the probe ${JSON.stringify(probe)}`,
      { run: 'ls', probes: { 'sys_*': probe } },
      `cases."alarm() fires".probes."sys_*": ${message}`,
    ]),
    ['that is no object', 'ls', 'cases."alarm() fires": expected object, got "ls"'],
  ])('%s is refused by its name', (_, declared, message) => {
    expect(oneCase(declared)).toBe(message);
  });

  test.each(['skip', 'expectFailure'])('has a %s on one place or several', (field) => {
    const at = (on: unknown) => oneCase({ run: 'ls', [field]: { on, because: 'x' } });
    const place = `cases."alarm() fires".${field}.on`;
    expect(at('arm64')).toBe('fine');
    expect(at(['linux/x86_64', 'arm64'])).toBe('fine');
    expect(at([])).toBe(`${place}: expected at least one place`);
    expect(at(64)).toBe(`${place}: expected an architecture, a target, an environment, or a list of them`);
  });

  test.each<[object, string]>([
    [{}, '.because: expected string, got nothing'],
    [{ because: '' }, '.because: expected a reason, got an empty text'],
    [{ because: ' \n' }, '.because: expected a reason, got an empty text'],
    [{ because: 'x', issue: 12 }, '.issue: expected string, got 12'],
    [
      { because: 'x', isue: '#12' },
      ': unknown field "isue" (did you mean "issue"?); the fields are on, because, issue',
    ],
  ])('is not expected to fail by %j', (expectFailure, mistake) => {
    expect(oneCase({ run: 'ls', expectFailure })).toBe(`cases."alarm() fires".expectFailure${mistake}`);
  });

  test('has no exit status that QEMU cannot have', () => {
    for (const status of ['256', '999', '-1', '007', '1.5', 'zero']) {
      expect(oneCase({ boot: {}, results: { qemuExit: { [status]: 'pass' } } })).toMatch(
        /expected exit statuses from 0 to 255 as keys/,
      );
    }
    expect(oneCase({ boot: {}, results: { qemuExit: { 1: 'ok' } } })).toMatch(
      /qemuExit\.1: expected "pass" \| "fail" \| "skip" \| "crash", got "ok"/,
    );
  });

  test('says how often interrupts come, by class and by vector, and which exceptions may', () => {
    const of = (interrupts: unknown) => oneCase({ run: 'ls', interrupts });
    const place = 'cases."alarm() fires".interrupts';
    expect(of({ irq: { min: 10 }, timer: { min: 1, max: 1 }, 'double-fault': { max: 0 }, unexpected: [] })).toBe(
      'fine',
    );
    expect(of({ unexpected: ['page-fault', 'device-not-available'] })).toBe('fine');
    expect(of({})).toBe(`${place}: expected at least one class, one vector, or \`unexpected\``);
    expect(of({ irq: {} })).toBe(`${place}.irq: expected a \`min\`, a \`max\`, or both`);
    expect(of({ irq: 10 })).toBe(`${place}.irq: expected object, got 10`);
    expect(of({ irq: { min: 2, max: 1 } })).toBe(`${place}.irq: expected a \`max\` that is not below the \`min\``);
    expect(of({ irq: { least: 1 } })).toContain(`${place}.irq: unknown field "least"; the fields are min, max`);
    expect(of({ irq: { min: -1 } })).toBe(`${place}.irq.min: expected a number from 0 up`);
    expect(of({ irq: { min: '10' } })).toBe(`${place}.irq.min: expected a number`);
    expect(of({ unexpected: ['page fault'] })).toMatch(
      /interrupts\.unexpected\[0\]: expected "page-fault" \| .*, got "page fault" \(did you mean "page-fault"\?\)$/,
    );
    expect(of({ unexpected: ['irq'] })).toMatch(/unexpected\[0\]: expected "page-fault" \| /);
  });

  test('has line rules with a pattern and one meaning', () => {
    const rules = (...lines: unknown[]) => oneCase({ boot: {}, results: { lines } });
    expect(rules({ match: /ok/, case: 'pass' }, { match: /(\w+) ok/, subtest: 'started' })).toBe('fine');
    expect(rules({ match: 'ok', case: 'pass' })).toMatch(/lines\[0\]: expected \{ match: /);
    expect(rules({ match: /ok/ })).toMatch(/lines\[0\]: expected \{ match: /);
    expect(rules({ match: /ok/, case: 'started' })).toMatch(/lines\[0\]: expected \{ match: /);
  });
});

describe('a target', () => {
  test('with everything in it is fine', () => {
    expect(
      target({
        images: {
          amd64: { from: 'kernel', kernel: 'k', initrd: 'i', append: '', dtb: 'd', raw: true, qemu: ['-s'] },
          arm64: { from: 'launcher', command: ['make', 'run'], cwd: 'kernel', env: { ARCH: 'arm64' } },
        },
        shell: { prompt: /[#$] $/, status: { command: 'echo $?', line: /^(\d+)$/ }, enter: '\r', missing: /not found/ },
        consoles: ['user', 'kernel-log'],
        panics: [/panic/],
        symbols: { x86_64: 'vmlinux', arm64: 'out/{arch}/vmlinux' },
        provides: ['network'],
        suites: ['suites/**/*.suite.ts'],
        profiles: ['default', 'smp'],
        machine: { memory: '512M', board: { x86_64: 'pc' } },
        results: { lines: [{ match: /ok/, case: 'pass' }] },
        bootWithin: '2m',
        timeout: 30_000,
        build: 'make',
        typing: { chunk: 1, pauseMs: 5 },
      }),
    ).toBe('fine');
  });

  test.each<[string, object, RegExp]>([
    ['a name that is no folder’s', { name: '../linux' }, /^name: expected letters, digits, /],
    ['no image', { images: {} }, /^images: expected an image for at least one architecture$/],
    [
      'an image for a machine that there is not',
      { images: { riscv64: { from: 'cdrom', iso: 'x' } } },
      /^images(\.riscv64)?: expected an architecture \(x86_64, /,
    ],
    [
      'an image from nowhere',
      { images: { x86_64: { from: 'floppy' } } },
      /^images\.x86_64(\.from)?: expected from "kernel" \| "cdrom" \| "disk" \| "launcher"/,
    ],
    [
      'an image without a kernel',
      { images: { x86_64: { from: 'kernel' } } },
      /^images\.x86_64\.kernel: expected string, got nothing$/,
    ],
    [
      'a launcher without a program',
      { images: { x86_64: { from: 'launcher', command: [] } } },
      /^images\.x86_64\.command: expected a program and its arguments$/,
    ],
    [
      'a launcher with arguments for QEMU',
      { images: { x86_64: { from: 'launcher', command: ['make'], qemu: ['-s'] } } },
      /^images\.x86_64\.qemu: a launcher starts QEMU with its own arguments$/,
    ],
    [
      'a panic that is a text',
      { panics: ['panic('] },
      /^panics\[0\]: expected a regular expression, got a text: "panic\("$/,
    ],
    [
      'a panic that every line is',
      { panics: [/fine/, /panic|/] },
      /^panics\[1\]: expected a pattern that only the lines of a panic match; \/panic\|\/ also matches an empty line$/,
    ],
    [
      'symbols for an architecture that is none',
      { symbols: { x86_46: 'vmlinux' } },
      /^symbols: expected a text, or one/,
    ],
    ['symbols by another name', { symbol: 'vmlinux' }, /unknown field "symbol" \(did you mean "symbols"\?\)/],
    [
      'a role that names no file',
      { consoles: ['User Output'] },
      /^consoles\[0\]: expected a role such as "user" or "kernel"$/,
    ],
    [
      'a shell without a prompt',
      { shell: { status: 'posix' } },
      /^shell\.prompt: expected the prompt as a text or a regular expression$/,
    ],
    [
      'a shell status of its own kind',
      { shell: { prompt: '#', status: 'bash' } },
      /^shell\.status: expected "posix" \| "none" \| \{ command, line: /,
    ],
    [
      'a line ending that no terminal sends',
      { shell: { prompt: '#', status: 'none', enter: '\r\n' } },
      /^shell\.enter: expected /,
    ],
    ['a port that is none', { ports: ['0x80'] }, /^ports\[0\]: expected .*"post".*, got "0x80"/],
    [
      'ports of a machine that somebody else starts',
      { ports: ['post'], images: { x86_64: { from: 'launcher', command: ['cargo', 'run'] } } },
      /^ports: a launcher starts QEMU with its own arguments: its debug ports cannot be watched$/,
    ],
  ])('with %s is refused by its place', (_, parts, message) => {
    expect(target(parts)).toMatch(message);
  });
});

test('a target’s vectors have names and numbers, for each architecture', () => {
  expect(target({ vectors: { amd64: { timer: 0x20, 'system call': 0x80 }, arm64: { timer: 5 } } })).toBe('fine');
  expect(target({ vectors: { mips: { timer: 1 } } })).toMatch(
    /^vectors\.mips: expected an architecture \(.*, got "mips"/,
  );
  expect(target({ vectors: { timer: 0x20 } })).toMatch(/^vectors\.timer: expected an architecture /);
  expect(target({ vectors: { x86_64: { timer: 256 } } })).toBe(
    'vectors.x86_64.timer: expected a vector from 0 to 0xff',
  );
  expect(target({ vectors: { x86_64: { timer: '0x20' } } })).toBe(
    'vectors.x86_64.timer: expected a vector such as 0x20',
  );
  expect(target({ vectors: { x86_64: { unexpected: 1 } } })).toMatch(/expected a name that is free/);
  expect(target({ vectors: { x86_64: { '20': 32 } } })).toMatch(/expected a name such as "timer"/);
});

describe('trace events', () => {
  test('are named by a target, a suite and a case, and counted by a case', () => {
    expect(target({ events: ['pci_cfg_*', 'dma_blk_io'] })).toBe('fine');
    expect(suite({ events: ['ps2_put_keycode'] })).toBe('fine');
    expect(oneCase({ run: 'dd', events: ['*_cfg_*'] })).toBe('fine');
    expect(oneCase({ run: 'dd', events: { dma_blk_io: { min: 1, max: 1, matching: /offset=0/ }, 'pci_*': {} } })).toBe(
      'fine',
    );
  });

  test.each([
    [{ events: ['pci cfg'] }, /events.*expected the name of a trace event, or a pattern such as "pci_cfg_\*"/],
    [{ events: ['*'] }, /expected the name of a trace event/],
    [{ events: { dma_blk_io: { atLeast: 1 } } }, /unknown field "atLeast"; the fields are min, max, matching/],
    [{ events: { dma_blk_io: { min: 2, max: 1 } } }, /expected a `min` that is not above the `max`/],
    [{ events: { dma_blk_io: { matching: 'offset=0' } } }, /expected names .* matching: \/offset=0\/ \} \}/],
    [{ events: 'dma_blk_io' }, /expected names of trace events such as \["pci_cfg_\*"\], or \{/],
  ])('are refused as in %j', (parts, message) => {
    expect(oneCase({ run: 'dd', ...parts })).toMatch(message);
  });

  test('are not to be had of a launcher', () => {
    const images = { x86_64: { from: 'launcher', command: ['cargo', 'run'] } };
    expect(target({ images, events: ['dma_blk_io'] })).toBe(
      'events: a launcher starts QEMU with its own arguments: its trace events cannot be read',
    );
  });
});

describe('what is in RAM', () => {
  const entry = { bytes: 16, fields: { time: { at: 0, type: 'u64' }, type: { at: 8, type: 'u16' } } };
  const head = { symbol: 'head{cpu}', type: 'u64', counts: 'events' };
  const ring = { symbol: 'ring{cpu}', capacity: 1024, entry, head, time: 'time' };
  const record = { bytes: 40, fields: { name: { at: 0, type: 'text', bytes: 32 }, status: { at: 32, type: 'u32' } } };
  const status = { field: 'status', means: { 1: 'pass' } };
  const table = { symbol: 'results', capacity: 64, entry: record, name: 'name', status };

  test('is fine where it fits', () => {
    expect(target({ rings: { trace: ring, one: { ...ring, symbol: 'ring', stride: 16384 } } })).toBe('fine');
    expect(target({ tables: { results: table } })).toBe('fine');
  });

  test.each<[string, object, RegExp]>([
    ['a capacity that nobody can read', { capacity: 1e9 }, /^rings\.trace\.capacity: expected at most 1048576 bytes/],
    [
      'rings in each other',
      { stride: 1024 },
      /^rings\.trace\.stride: expected at least the 16384 bytes of a ring, got 1024$/,
    ],
    ['one symbol for all CPUs', { symbol: 'ring' }, /^rings\.trace\.symbol: expected "\{cpu\}" in it, or a `stride`/],
    [
      'a time that is no field',
      { time: 'tine' },
      /^rings\.trace\.time: expected a field of the entry that is a number, got "tine"$/,
    ],
    [
      'a field past its entry',
      { entry: { ...entry, bytes: 9 } },
      /^rings\.trace\.entry\.fields\.type: it ends at byte 10, and an entry at 9$/,
    ],
    [
      'a number that has a length',
      { entry: { ...entry, fields: { ...entry.fields, x: { at: 0, type: 'u8', bytes: 2 } } } },
      /^rings\.trace\.entry\.fields\.x: expected `bytes` for a text, and for nothing else$/,
    ],
    [
      'a law that nobody knows',
      { laws: ['monotone'] },
      /^rings\.trace\.laws\[0\]: expected "monotonic", got "monotone"/,
    ],
  ])('of a ring is refused with %s', (_, parts, message) => {
    expect(target({ rings: { trace: { ...ring, ...parts } } })).toMatch(message);
  });

  test.each<[string, object, RegExp]>([
    ['too many entries', { capacity: 1e6 }, /^tables\.results\.capacity: expected a table of at most 1048576 bytes/],
    [
      'a name that is no field',
      { name: 'title' },
      /^tables\.results\.name: expected a field of the entry, got "title"$/,
    ],
  ])('of a table is refused with %s', (_, parts, message) => {
    expect(target({ tables: { results: { ...table, ...parts } } })).toMatch(message);
  });

  test('has a name that a file may have', () => {
    expect(target({ rings: { '../trace': ring } })).toMatch(/^rings\."\.\.\/trace": expected letters, digits/);
  });
});

describe('a boot', () => {
  const stage = { name: 'kernel', marker: /Linux version/, within: '3s', means: 'no kernel', look: 'the loader' };

  test('with stages is fine', () => {
    expect(
      check(bootStagesSchema, {
        stages: [stage, { ...stage, name: 'init', marker: 'init: ready', expectFailure: { because: 'x' } }],
      }),
    ).toBe('fine');
  });

  test.each<[string, unknown, RegExp]>([
    [
      'with a stage that nothing tells of',
      { stages: [{ ...stage, marker: undefined }] },
      /^stages\[0\]: expected a marker \(a line that is printed\), a postCode, or both$/,
    ],
    [
      'with a code that is no byte',
      { stages: [{ ...stage, postCode: 0x100 }] },
      /^stages\[0\]\.postCode: expected a code from 0 to 0xff$/,
    ],
    ['without stages', { stages: [] }, /^stages: expected at least one stage$/],
    ['with two stages of one name', { stages: [stage, stage] }, /^stages: two stages have the same name$/],
    [
      'with a stage of which nobody says what it means',
      { stages: [{ ...stage, means: '' }] },
      /^stages\[0\]\.means: expected a text, got an empty one$/,
    ],
    [
      'with an unknown field',
      { stages: [{ ...stage, markers: [] }] },
      /^stages\[0\]: unknown field "markers" \(did you mean "marker"\?\)/,
    ],
    [
      'with a stage that fails for no reason',
      { stages: [{ ...stage, expectFailure: {} }] },
      /^stages\[0\]\.expectFailure\.because: expected string, got nothing$/,
    ],
  ])('%s is refused', (_, declared, message) => {
    expect(check(bootStagesSchema, declared)).toMatch(message);
  });
});

describe('a configuration', () => {
  test('with machines, networks and disks of its own is fine', () => {
    expect(
      config({
        machines: { big: { cpus: 8, memory: '4G', network: 'lan', disks: ['data'] } },
        networks: { lan: { kind: 'user', restrict: true }, off: { kind: 'none' } },
        disks: {
          data: { mode: 'overlay', source: 'd' },
          new: { mode: 'scratch', size: '1G', interface: 'virtio-blk' },
        },
        accelerator: 'kvm',
        machinesAtOnce: 4,
        suites: ['tests/*.ts'],
        reports: 'out',
      }),
    ).toBe('fine');
  });

  test.each<[string, object, RegExp]>([
    ['no target', { targets: [] }, /^targets: expected at least one target$/],
    ['two targets of one name', { targets: [linux, linux] }, /^targets: two targets have the same name$/],
    [
      'a mistake deep in a target',
      { targets: [linux, { ...linux, name: 'b', shel: {} }] },
      /^targets\[1\]: unknown field "shel" \(did you mean "shell"\?\)/,
    ],
    [
      'a disk of a mode that there is not',
      { disks: { data: { mode: 'overlya', source: 'd' } } },
      /^disks\.data(\.mode)?: expected mode "overlay" \| "readonly" \| "scratch", got "overlya" \(did you mean "overlay"\?\)$/,
    ],
    [
      'a scratch disk without a size',
      { disks: { data: { mode: 'scratch' } } },
      /^disks\.data\.size: expected a size such as "256M"/,
    ],
    [
      'an overlay of nothing',
      { disks: { data: { mode: 'overlay' } } },
      /^disks\.data\.source: expected string, got nothing$/,
    ],
    [
      'an accelerator that there is not',
      { accelerator: 'KVM' },
      /^accelerator: expected "tcg" \| "kvm" \| "hvf", got "KVM" \(did you mean "kvm"\?\)$/,
    ],
    [
      'a machine without memory',
      { machines: { big: { cpus: 1, network: 'none', disks: [] } } },
      /^machines\.big\.memory: expected a size such as "256M"/,
    ],
  ])('with %s is refused by its place', (_, parts, message) => {
    expect(config(parts)).toMatch(message);
  });

  test.each([undefined, null, 'linux', 7, []])('that is %j is refused, not crashed upon', (declared) => {
    expect(check(configSchema, declared)).not.toBe('fine');
  });
});

test('a declaration that JSON cannot show is refused in words all the same', () => {
  const circle: { self?: unknown } = {};
  circle.self = circle;
  expect(suite({ needs: circle })).toMatch(/^needs: expected array, got /);
  expect(suite({ needs: () => [] })).toBe('needs: expected array, got a function');
});

test('a message begins with what was declared', () => {
  expect(() => checkDeclaration('suite "signals"', suiteSchema, {})).toThrow(
    /^suite "signals": cases: expected record/,
  );
});
