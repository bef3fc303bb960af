import { existsSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually, leftovers, machinesOf } from '../testing/leftovers.ts';
import { killIfThere } from '../testing/processes.ts';
import { calamityConfig, calamityImages } from '../testing/project.ts';
import {
  FOUND,
  FOUND_ON_ONE,
  MADE,
  MADE_ON_ONE,
  ON_ONE,
  shellSuite,
  TemplateProject,
} from '../testing/template-project.ts';

const IMAGES = {
  x86_64: path.join(calamityImages, 'x86_64/calamity.elf'),
  aarch64: path.join(calamityImages, 'aarch64/calamity.img'),
} as const;

let made: TemplateProject;

beforeEach(() => {
  made = new TemplateProject();
});

afterEach(() => made[Symbol.asyncDispose]());

describe('a template that was found', () => {
  let found: TemplateProject;

  beforeAll(async () => {
    found = new TemplateProject();
    await found.run(ON_ONE);
    found.qemu.takeStarts();
  });

  afterAll(() => found[Symbol.asyncDispose]());

  const DAMAGES: Readonly<Record<string, (template: string) => void>> = {
    'with a damaged state': (template) => flipByte(path.join(template, 'state'), 1000),
    'with a state that is cut short': (template) => truncateSync(path.join(template, 'state'), 4096),
    'with RAM that is cut short': (template) => truncateSync(path.join(template, 'ram'), 2 ** 20),
    'without its RAM': (template) => rmSync(path.join(template, 'ram')),
    'with RAM that was written': (template) => flipByte(path.join(template, 'ram'), 2 ** 21),
    'with a manifest that is no JSON': (template) => writeFileSync(path.join(template, 'manifest.json'), '{"kind":'),
    'no more': (template) => rmSync(template, { recursive: true }),
  };

  // Each finds what the one before has made anew.
  for (const [how, damage] of Object.entries(DAMAGES)) {
    test(`${how} is made anew`, async () => {
      expect(found.templates).toHaveLength(1);
      for (const template of found.templates) damage(template);
      found.expectPass(await found.run(ON_ONE), MADE_ON_ONE);
    });
  }
});

describe('a template', () => {
  test('is made by the first run and found by the next; one whose state is damaged is made anew', async () => {
    made.expectPass(await made.run(), MADE);
    const found = await made.run();
    made.expectPass(found, FOUND);
    expect(found.all).not.toContain('cannot be cloned');
    for (const template of made.templates) flipByte(path.join(template, 'state'), 1000);
    made.expectPass(await made.run(), MADE);
  });

  test('that is deleted while a clone of it starts is made anew', async () => {
    await made.run(ON_ONE);
    made.qemu.takeStarts();
    made.qemu.runBefore(`if [ $start = clone ] && mkdir deleted 2>/dev/null; then rm -rf "$template"; fi`);
    made.expectPass(await made.run(ON_ONE), ['clone', ...MADE_ON_ONE]);
  });

  test('that is deleted whenever a clone of it starts is given up: machines are booted', async () => {
    made.qemu.runBefore(`if [ $start = clone ]; then rm -rf "$template"; fi`);
    made.expectBooted(await made.run(ON_ONE), /The template \S+ is no longer what it was/, [
      'boot',
      'boot',
      'clone',
      'template',
    ]);
  });

  test('whose clones no longer start is made anew', async () => {
    await made.run(ON_ONE);
    made.qemu.takeStarts();
    made.qemu.runBefore(
      `if [ $start = clone ] && mkdir refused 2>/dev/null; then echo 'cannot resume' >&2; exit 1; fi`,
    );
    made.expectPass(await made.run(ON_ONE), ['clone', ...MADE_ON_ONE]);
  });

  test('is made anew after QEMU was upgraded, by its program or by its version alone', async () => {
    await made.run(ON_ONE);
    made.qemu.takeStarts();
    made.qemu.install('the next release');
    made.expectPass(await made.run(ON_ONE), MADE_ON_ONE);
    made.qemu.runBefore(`qemu="${made.qemu.writeMonitorProxy({ '"micro": ': '"micro": 9' })} $qemu"`);
    made.expectPass(await made.run(ON_ONE), ['clone', ...MADE_ON_ONE]);
    made.expectPass(await made.run(ON_ONE), FOUND_ON_ONE);
  });

  test('is made anew when QEMU is upgraded during the run', async () => {
    await made.run(ON_ONE);
    made.qemu.takeStarts();
    made.qemu.runBefore(`
if [ $start = clone ] && ! mkdir upgraded 2>/dev/null; then
  [ -e bin/new ] || { touch bin/new; sed -i 's/as it came/the next release/' bin/qemu-system-x86_64; exit 1; }
fi`);
    made.expectPass(await made.run(ON_ONE), ['clone', 'clone', 'clone', 'clone', 'template']);
    expect(made.templates).toHaveLength(1);
  });

  test('is made anew for a kernel in which one byte is another, and the old one serves again when it is back', async () => {
    const images = `images: {
      x86_64: { from: 'kernel', kernel: 'kernel-x86_64' },
      aarch64: { from: 'kernel', kernel: 'kernel-aarch64' },
    },`;
    made.project.write('vitest.config.ts', calamityConfig(images));
    const install = (change: (image: Buffer) => void) => {
      for (const [arch, source] of Object.entries(IMAGES)) {
        const file = path.join(made.project.folder, `kernel-${arch}`);
        const image = readFileSync(source);
        change(image);
        writeFileSync(file, image);
        utimesSync(file, 1_700_000_000, 1_700_000_000);
      }
    };
    install(() => {});
    made.expectPass(await made.run(), MADE);
    install((image) => image.write('X', image.indexOf('test %s: OK\n') + 'test %s: O'.length));
    expect((await made.run()).exitCode).toBe(1);
    expect(made.project.results().results.map(({ verdict }) => verdict.kind)).toEqual(['fail', 'fail', 'fail', 'fail']);
    expect(made.qemu.takeStarts()).toEqual(MADE);
    install(() => {});
    made.expectPass(await made.run(), FOUND);
    expect(made.templates).toHaveLength(4);
  });

  test('is made once by two runs at a time', async () => {
    const both = await Promise.all([made.run(), made.run()]);
    expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(made.qemu.takeStarts().filter((start) => start !== 'clone')).toEqual(['template', 'template']);
    expect(made.templates).toHaveLength(2);
  });

  test('that a run was making when it was killed is made anew by the next, which need not wait', async () => {
    made.qemu.runBefore(`if [ $start = template ]; then echo 'half of it' > "$template/ram"; exec sleep 3600; fi`);
    const killed = made.project.twinboot(['run'], made.qemu.path);
    await eventually(() => made.templates.filter((folder) => existsSync(path.join(folder, 'ram'))).length > 0);
    process.kill(Number(killed.pid), 'SIGKILL');
    await killed;
    expect(await leftovers(made.project)).toEqual([]);
    expect(made.unfinished.length).toBeGreaterThan(0);
    made.qemu.takeStarts();
    made.qemu.runBefore('');
    const next = await made.run();
    made.expectPass(next, MADE);
    expect(next.all).not.toContain('cannot be cloned');
    expect(made.templates).toHaveLength(2);
  });

  test('outlives a clone that is killed in the middle of a case: that case is an error, the next ones pass', async () => {
    const cases = `killed: { run: 'wait-key', timeout: '60m' },`;
    made.project.write('suites/shell.suite.ts', shellSuite({ cases }));
    const running = made.run(['run'], { TWINBOOT_MACHINES: '2', VITEST_MAX_WORKERS: '2' });
    await made.untilHanging(2);
    for (const { pid } of machinesOf(made.project)) killIfThere(pid);
    expect((await running).exitCode).toBe(69);
    const verdicts = made.project.results().results.map(({ case: name, verdict }) => [name, verdict]);
    const ofOne = [
      ['killed', { kind: 'error', reason: 'QEMU was ended by SIGKILL, not by the guest' }],
      ['first', { kind: 'pass' }],
      ['second', { kind: 'pass' }],
    ];
    expect(verdicts).toEqual([...ofOne, ...ofOne]);
    expect(made.qemu.takeStarts()).toEqual(['clone', 'clone', ...MADE]);
  });
});

/** Changes one byte of a file. */
function flipByte(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(file, bytes);
}
