import { mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually, leftovers } from '../testing/leftovers.ts';
import { MADE_ON_ONE, ON_ONE, TemplateProject } from '../testing/template-project.ts';

let made: TemplateProject;

beforeEach(() => {
  made = new TemplateProject();
});

afterEach(() => made[Symbol.asyncDispose]());

const cache = (...args: string[]) => made.project.twinboot(['cache', ...args]);

describe('twinboot cache', () => {
  test('says so when there is nothing', async () => {
    const listed = await cache();
    expect([listed.exitCode, listed.all]).toEqual([0, `${made.project.cache}: no templates, 0 B of 4 GiB`]);
    mkdirSync(made.project.cache);
    const cleared = await cache('clear');
    expect([cleared.exitCode, cleared.all]).toEqual([0, `Nothing to remove in ${made.project.cache}.`]);
  });

  test('lists what there is, what was used last first, and clears it', async () => {
    await made.run({ archs: ['x86_64', 'aarch64'] });
    await made.run({ target: { machine: { memory: '64M', qemu: ['-device', 'nvme,serial=a'] } } });
    const listed = await cache();
    expect(listed.exitCode).toBe(0);
    const size = String.raw`\d+(?:\.\d)? [KM]iB`;
    const [total, first, ...others] = listed.all.split('\n');
    expect(total).toMatch(new RegExp(`^${made.project.cache}: 2 templates, ${size} of 4 GiB$`));
    expect(first).toMatch(
      /^ {2}calamity\/x86_64 .* used just now {2}cannot be cloned: QEMU refused the monitor command migrate: State blocked .*nvme/,
    );
    for (const [arch, line] of [
      ['x86_64', others.find((text) => text.includes('x86_64'))],
      ['aarch64', others.find((text) => text.includes('aarch64'))],
    ])
      expect(line).toMatch(
        new RegExp(
          `^ {2}calamity/${arch} +${size} {2}used just now {2}\\S+/calamity\\.(elf|img), 1 vCPU, 64 MiB, QEMU \\d+`,
        ),
      );
    const { templates, ...facts } = JSON.parse((await cache('list', '--json')).stdout);
    expect(facts).toMatchObject({ folder: made.project.cache, limitBytes: 2 ** 32 });
    expect(templates.map(({ kind }: { kind: string }) => kind)).toEqual(['unclonable', 'template', 'template']);
    expect(JSON.parse((await cache('--json')).stdout).templates).toEqual(templates);

    const cleared = await cache('clear');
    expect(cleared.exitCode).toBe(0);
    expect(cleared.all).toMatch(new RegExp(`^Cleared ${made.project.cache}: ${size} are free again.$`));
    expect(made.templates).toEqual([]);
  });

  test('clear leaves a clone that runs, and the cases after it pass', async () => {
    const running = made.run({ cases: { lasting: { run: 'wait-key', timeout: '60m' } } });
    await made.untilHanging();
    expect((await cache('clear')).all).toMatch(/^Cleared /);
    made.killHanging();
    expect((await running).verdicts).toEqual([
      ['lasting', { kind: 'error', reason: 'QEMU was ended by SIGKILL, not by the guest' }],
      ['first', { kind: 'pass' }],
      ['second', { kind: 'pass' }],
    ]);
    expect(made.qemu.takeStarts()).toEqual(['clone', 'clone', 'template', ...MADE_ON_ONE].sort());
  });

  test('clear leaves a template alone while a run makes it, and removes one that a killed run has left', async () => {
    made.qemu.runBefore(`[ $start != template ] || exec sleep 3600`);
    const making = made.project.twinboot(ON_ONE, made.env);
    await eventually(() => made.unfinished.length === 1 && made.qemu.takeStarts().length > 0);
    expect((await cache()).all).toMatch(/unfinished .* being made, or left by a run that was killed/);
    expect((await cache('clear')).all).toBe(
      `Nothing to remove in ${made.project.cache}.\n1 template is being made by another run and stays.`,
    );
    process.kill(Number(making.pid), 'SIGKILL');
    await making;
    expect(await leftovers(made.project)).toEqual([]);
    expect((await cache('clear')).all).toMatch(/^Cleared /);
    expect(made.templates).toEqual([]);
  });

  test('everything in it is for its owner alone, whatever the umask says', async () => {
    const umask = process.umask(0);
    const outcome = await made.run().finally(() => process.umask(umask));
    made.expectPass(outcome, MADE_ON_ONE);
    const modes = readdirSync(made.project.cache, { recursive: true, encoding: 'utf8' }).map((name) => {
      const stat = statSync(path.join(made.project.cache, name));
      return [stat.isDirectory() ? 'folder' : 'file', (stat.mode & 0o777).toString(8)].join(' ');
    });
    expect(new Set(modes)).toEqual(new Set(['folder 700', 'file 600']));
  });

  test.for([['cache'], ['run']])('a limit that is no size is refused by name (%s)', async ([command]) => {
    const { exitCode, all } = await made.project.twinboot([String(command)], { TWINBOOT_CACHE_LIMIT: 'lots' });
    expect(all).toContain('TWINBOOT_CACHE_LIMIT: expected a size such as "4G", got "lots"');
    expect(exitCode).toBe(2);
  });

  test('a subcommand or option that does not exist is a usage error', async () => {
    expect((await cache('cleer')).exitCode).toBe(2);
    expect((await cache('clear', '--all')).exitCode).toBe(2);
  });
});
