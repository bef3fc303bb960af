import { copyFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DeclarationError } from '../errors.ts';
import { calamityPlan } from '../testing/calamity-plan.ts';
import { ScratchFolder } from '../testing/scratch-folder.ts';
import type { Beginning } from './beginning.ts';
import type { Machine } from './machine.ts';
import { changedFiles, parseMachineRecord, writeMachineRecord } from './machine-record.ts';
import type { MachinePlan } from './plan.ts';
import type { TypedCommand } from './typed-command.ts';

const { plan } = calamityPlan('x86_64');
const TYPED: TypedCommand = { command: 'fork_test -v', prompt: /^mysh\$ $/m, enter: '\r' };
const CLONED: Beginning = { kind: 'clone', folder: '/cache/templates/0123' };

function written(parts: { plan?: MachinePlan; beginning?: Beginning; typed?: TypedCommand } = {}): string {
  const machine = { plan: parts.plan ?? plan, beginning: parts.beginning ?? CLONED } as Machine;
  return writeMachineRecord(machine, parts.typed);
}

/** Everything that a plan may hold. */
const full: MachinePlan = {
  machine: {
    ...plan.machine,
    cpu: 'max',
    firmware: '/fw.bin',
    network: { name: 'user', kind: 'user', restrict: true },
    disks: [
      { name: 'data', interface: 'virtio-blk', mode: 'overlay', source: '/data.ext4', format: 'raw' },
      { name: 'tmp', interface: 'virtio-blk', mode: 'scratch', sizeBytes: 1_048_576 },
    ],
    qemu: ['-device', 'VGA'],
  },
  source: {
    kind: 'qemu',
    raw: true,
    image: { from: 'kernel', kernel: '/k', initrd: '/i', append: 'quiet "a b"', dtb: '/d' },
  },
  consoles: ['user', 'kernel'],
  exitDevice: true,
  ports: ['post', 'e9'],
  build: 'make',
  symbols: '/k.elf',
  typing: { chunk: 4, pauseMs: 2 },
};

describe('what is written of a machine is read again', () => {
  test.for<[string, MachinePlan]>([
    ['a plain one', plan],
    ['one with everything', full],
    [
      'one that boots from a disk',
      { ...plan, source: { kind: 'qemu', raw: false, image: { from: 'disk', disk: '/b' } } },
    ],
    [
      'one that boots from a CD',
      { ...plan, source: { kind: 'qemu', raw: false, image: { from: 'cdrom', iso: '/c' } } },
    ],
    ['a launcher’s', { ...plan, source: { kind: 'launcher', command: ['make', 'run'], cwd: '/', env: { A: 'b' } } }],
  ])('%s', ([, each]) => {
    const record = parseMachineRecord(written({ plan: each, typed: TYPED }), 'machine.json');
    expect(record).toMatchObject({ plan: each, template: CLONED.folder, typed: TYPED });
    expect(record.plan.machine).toEqual(each.machine);
  });

  test('one that was booted, and at which nothing was typed', () => {
    const record = parseMachineRecord(written({ beginning: { kind: 'boot' } }), 'machine.json');
    expect([record.template, record.typed]).toEqual([undefined, undefined]);
  });

  test('whatever was typed', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (command, prompt) => {
        const typed = { command, prompt, enter: '\n' } as const;
        expect(parseMachineRecord(written({ typed }), 'machine.json').typed).toEqual(typed);
      }),
    );
  });
});

describe('a file that is not as it should be is refused by name and place', () => {
  /** @param change Edits the document. */
  const edited = (change: (document: Record<string, never>) => void): string => {
    const document = JSON.parse(written({ typed: TYPED }));
    change(document);
    return JSON.stringify(document);
  };
  const set = (place: string, value: unknown) =>
    edited((document) => {
      const steps = place.split('.');
      const last = steps.pop() as string;
      const parent = steps.reduce<object>((object, step) => Reflect.get(object, step), document);
      Reflect.set(parent, last, value);
    });

  test.for<[string, string, string]>([
    [
      'of another version',
      set('schema', 'twinboot-machine/9'),
      'schema: expected "twinboot-machine/1", got "twinboot-machine/9"',
    ],
    ['of something else', '{"name":"twinboot"}', 'schema: expected "twinboot-machine/1", got nothing'],
    ['that is no object', '[]', 'schema: expected "twinboot-machine/1", got nothing'],
    ['that is empty', '', 'not JSON, or cut short after 0 characters'],
    ['with a field too many', set('plan.extra', 1), 'plan: unknown field "extra"'],
    ['with a field too few', set('plan.consoles', undefined), 'plan.consoles: expected array, got nothing'],
    ['with a wrong type', set('plan.machine.cpus', '2'), 'plan.machine.cpus: expected number, got "2"'],
    [
      'with an unknown architecture',
      set('plan.machine.arch', 'x86'),
      'plan.machine.arch: expected "x86_64" | "aarch64"',
    ],
    [
      'with an unknown source',
      set('plan.source.kind', 'qem'),
      'plan.source.kind: expected "qemu" | "launcher", got "qem"',
    ],
    ['without a console', set('plan.consoles', []), 'plan.consoles: '],
    [
      'with a prompt that does not compile',
      set('typed.prompt.source', '('),
      'typed.prompt: expected a regular expression',
    ],
  ])('%s', ([, text, complaint]) => {
    const refusal = () => parseMachineRecord(text, 'E/machine.json');
    expect(refusal).toThrow(DeclarationError);
    expect(refusal).toThrow(`E/machine.json: ${complaint}`);
  });

  test('wherever it was cut', () => {
    const text = written({ typed: TYPED }).trimEnd();
    fc.assert(
      fc.property(fc.nat(text.length - 1), (length) => {
        expect(() => parseMachineRecord(text.slice(0, length), 'E/machine.json')).toThrow(
          /^E\/machine\.json: not JSON/,
        );
      }),
    );
  });
});

describe('the files of a machine', () => {
  test('are told when they are others than they were', () => {
    using scratch = new ScratchFolder();
    const [kernel, symbols] = ['kernel', 'kernel.elf'].map((name) => path.join(scratch.path, name)) as [string, string];
    for (const file of [kernel, symbols]) writeFileSync(file, 'first');
    const { plan: built } = calamityPlan('aarch64', { image: { kernel } });
    const record = parseMachineRecord(written({ plan: { ...built, symbols } }), 'machine.json');
    expect(changedFiles(record)).toEqual([]);

    writeFileSync(kernel, 'other');
    utimesSync(kernel, 1_700_000_000, 1_700_000_000);
    expect(changedFiles(record).map(({ role }) => role)).toEqual(['kernel']);
    copyFileSync('/dev/null', symbols);
    expect(changedFiles(record).map(({ role }) => role)).toEqual(['kernel', 'symbols']);
  });

  test('are told when they are gone', () => {
    using scratch = new ScratchFolder();
    const kernel = path.join(scratch.path, 'kernel');
    writeFileSync(kernel, '');
    const record = parseMachineRecord(
      written({ plan: calamityPlan('x86_64', { image: { kernel } }).plan }),
      'machine.json',
    );
    scratch[Symbol.dispose]();
    expect(changedFiles(record)).toMatchObject([{ role: 'kernel', path: kernel }]);
  });
});
