import { existsSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually, leftovers } from '../testing/leftovers.ts';
import { calamityImages } from '../testing/project.ts';
import { FOUND, FOUND_ON_ONE, MADE, MADE_ON_ONE, ON_ONE, TemplateProject } from '../testing/template-project.ts';

let made: TemplateProject;

beforeEach(() => {
  made = new TemplateProject();
});

afterEach(() => made[Symbol.asyncDispose]());

describe('a template that was found', () => {
  let found: TemplateProject;

  beforeAll(async () => {
    found = new TemplateProject();
    await found.run();
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
      found.expectPass(await found.run(), MADE_ON_ONE);
    });
  }
});

describe('a template', () => {
  test('is made by the first run of the command and found by the next', async () => {
    made.expectPass(await made.runByCommand(), MADE);
    made.expectPass(await made.runByCommand(), FOUND);
  });

  test('that is deleted while a clone of it starts is made anew', async () => {
    await made.run();
    made.qemu.takeStarts();
    made.qemu.runBefore(`if [ $start = clone ] && mkdir deleted 2>/dev/null; then rm -rf "$template"; fi`);
    made.expectPass(await made.run(), ['clone', ...MADE_ON_ONE]);
  });

  test('that is deleted whenever a clone of it starts is given up: machines are booted', async () => {
    made.qemu.runBefore(`if [ $start = clone ]; then rm -rf "$template"; fi`);
    made.expectBooted(await made.run(), /The template \S+ is no longer what it was/, [
      'boot',
      'boot',
      'clone',
      'template',
    ]);
  });

  test('whose clones no longer start is made anew', async () => {
    await made.run();
    made.qemu.takeStarts();
    made.qemu.runBefore(
      `if [ $start = clone ] && mkdir refused 2>/dev/null; then echo 'cannot resume' >&2; exit 1; fi`,
    );
    made.expectPass(await made.run(), ['clone', ...MADE_ON_ONE]);
  });

  test('is made anew after QEMU was upgraded, by its program or by its version alone', async () => {
    await made.run();
    made.qemu.takeStarts();
    made.qemu.install('the next release');
    made.expectPass(await made.run(), MADE_ON_ONE);
    made.qemu.runBefore(`qemu="${made.qemu.writeMonitorProxy({ '"micro": ': '"micro": 9' })} $qemu"`);
    made.expectPass(await made.run(), ['clone', ...MADE_ON_ONE]);
    made.expectPass(await made.run(), FOUND_ON_ONE);
  });

  test('is made anew when QEMU is upgraded during the run', async () => {
    await made.run();
    made.qemu.takeStarts();
    made.qemu.runBefore(`
if [ $start = clone ] && ! mkdir upgraded 2>/dev/null; then
  [ -e bin/new ] || { touch bin/new; sed -i 's/as it came/the next release/' bin/qemu-system-x86_64; exit 1; }
fi`);
    made.expectPass(await made.run(), ['clone', 'clone', 'clone', 'clone', 'template']);
    expect(made.templates).toHaveLength(1);
  });

  test('is made anew for a kernel in which one byte is another, and the old one serves again when it is back', async () => {
    const kernel = path.join(made.project.folder, 'kernel');
    const target = { images: { x86_64: { from: 'kernel', kernel } } } as const;
    const install = (change: (image: Buffer) => void) => {
      const image = readFileSync(path.join(calamityImages, 'x86_64/calamity.elf'));
      change(image);
      writeFileSync(kernel, image);
      utimesSync(kernel, 1_700_000_000, 1_700_000_000);
    };
    install(() => {});
    made.expectPass(await made.run({ target }), MADE_ON_ONE);
    install((image) => image.write('X', image.indexOf('test %s: OK\n') + 'test %s: O'.length));
    const { verdicts } = await made.run({ target });
    expect(verdicts.map(([, { kind }]) => kind)).toEqual(['fail', 'fail']);
    expect(made.qemu.takeStarts()).toEqual(MADE_ON_ONE);
    install(() => {});
    made.expectPass(await made.run({ target }), FOUND_ON_ONE);
    expect(made.templates).toHaveLength(2);
  });

  test('is made once by two runs at a time', async () => {
    const both = await Promise.all([1, 2].map(() => made.project.twinboot(ON_ONE, made.env)));
    expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(made.qemu.takeStarts().filter((start) => start !== 'clone')).toEqual(['template']);
    expect(made.templates).toHaveLength(1);
  });

  test('that a run was making when it was killed is made anew by the next, which need not wait', async () => {
    made.qemu.runBefore(`if [ $start = template ]; then echo 'half of it' > "$template/ram"; exec sleep 3600; fi`);
    const killed = made.project.twinboot(ON_ONE, made.env);
    await eventually(() => made.templates.some((folder) => existsSync(path.join(folder, 'ram'))));
    process.kill(Number(killed.pid), 'SIGKILL');
    await killed;
    expect(await leftovers(made.project)).toEqual([]);
    expect(made.unfinished).toHaveLength(1);
    made.qemu.takeStarts();
    made.qemu.runBefore('');
    made.expectPass(await made.run(), MADE_ON_ONE);
    expect(made.templates).toHaveLength(1);
  });

  test('outlives a clone that is killed in the middle of a case: that case is an error, the next ones pass', async () => {
    const running = made.run({ cases: { killed: { run: 'wait-key', timeout: '60m' } } });
    await made.untilHanging();
    made.killHanging();
    expect((await running).verdicts).toEqual([
      ['killed', { kind: 'error', reason: 'QEMU was ended by SIGKILL, not by the guest' }],
      ['first', { kind: 'pass' }],
      ['second', { kind: 'pass' }],
    ]);
    expect(made.qemu.takeStarts()).toEqual(['clone', ...MADE_ON_ONE]);
  });
});

/** Changes one byte of a file. */
function flipByte(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(file, bytes);
}
