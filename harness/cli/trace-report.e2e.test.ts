import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { InterruptReport } from '../report/interrupt-report.ts';
import { calamityImages, TestProject } from '../testing/project.ts';

const LOGS = path.join(import.meta.dirname, '../../fixtures/logs/int');
const log = (arch: string, name: string): string => path.join(LOGS, arch, `${name}.log`);

let project: TestProject;

beforeEach(() => {
  project = new TestProject({});
});

afterEach(() => project[Symbol.dispose]());

const report = (...args: string[]) => project.twinboot(['trace', 'report', ...args]);

async function reportJson(...args: string[]): Promise<InterruptReport> {
  const { stdout, stderr, exitCode } = await report('--json', ...args);
  expect([stderr, exitCode]).toEqual(['', 0]);
  return JSON.parse(stdout);
}

describe('twinboot trace report', () => {
  test('tells what led to a triple fault, with registers and names', async () => {
    const { stdout, exitCode } = await report(
      log('x86_64', 'triple-fault'),
      '--symbols',
      path.join(calamityImages, 'x86_64/calamity.elf'),
    );
    expect(exitCode).toBe(0);
    expect(stdout).toContain('✗ triple fault: page fault → double fault');
    expect(stdout).toMatch(/Firmware: system management mode, real mode\n.*\n.*SMM entry/);
    expect(stdout).not.toContain('Before the kernel’s handlers');
    expect(stdout).toMatch(/#3 {2}page-fault \(#PF\) {2,}kernel → kernel.*read of a page that is not present/);
    expect(stdout).toMatch(/Registers at #4 double-fault \(#DF\)\n {2}RAX 0000000200000000/);
    expect(stdout).toMatch(/#1 {2}syscall \(int 0x80\) {2,}user → kernel +user_call\+0xd \(user\.S:\d+\)/);
  });

  test.each([
    ['x86_64', 'page-fault', '#PF'],
    ['aarch64', 'page-fault', 'Data Abort'],
  ])('finds the storm on %s', async (arch, kind, name) => {
    const { storms, findings } = await reportJson(log(arch, 'exception-storm'));
    expect(storms).toMatchObject([{ class: kind, name, from: 'kernel', untilEnd: true }]);
    expect(findings[0]?.text).toMatch(/^exception storm: /);
  });

  test('counts what the header of a recorded log says', async () => {
    const { handlers, privileges } = await reportJson(log('aarch64', 'prompt-idle'));
    const counts = Object.fromEntries(handlers.flatMap(({ totals }) => totals.map(({ name, count }) => [name, count])));
    expect(counts).toMatchObject({ IRQ: 111, SVC: 2, 'exception return': 112, reset: 2 });
    expect(privileges).toMatchObject({ reachedUser: true, syscalls: 2 });
    expect(privileges.changes).toContainEqual({ from: 'kernel', to: 'user', count: 2, inferred: false });
  });

  test('compares the registers of two events', async () => {
    const { between } = await reportJson('--between', '0:1', log('x86_64', 'user'));
    expect(between?.changed).toContainEqual({ register: 'RSP', before: '0x127f90', after: '0x108fe8' });
    expect(between?.same).toContain('CR3');
    const missing = await reportJson('--between', '0:99', log('x86_64', 'user'));
    expect(missing.between?.to).toEqual({ missing: 99 });
  });

  test('shows only the vector that was asked for', async () => {
    const { last } = await reportJson('--vector', '80', '--last', '2', log('x86_64', 'user'));
    expect(last.map(({ name }) => name)).toEqual(['int 0x80', 'int 0x80']);
  });

  test('writes Markdown', async () => {
    const { stdout } = await report('--markdown', log('aarch64', 'user-fault'));
    expect(stdout).toMatch(/^# .*user-fault\.log: aarch64/);
    expect(stdout).toContain('| class | name | count | share |');
  });

  test('says the same of a log that Windows has touched', async () => {
    const file = path.join(project.folder, 'crlf.log');
    writeFileSync(file, readFileSync(log('x86_64', 'triple-fault'), 'latin1').replaceAll('\n', '\r\n'), 'latin1');
    const { source: _, bytes: __, ...there } = await reportJson(log('x86_64', 'triple-fault'));
    const { source: ___, bytes: ____, ...here } = await reportJson(file);
    expect(here).toEqual(there);
  });

  test.each([['x86_64'], ['aarch64']])(
    'reads a long file on %s with several threads as it reads a pipe',
    async (arch) => {
      const file = path.join(project.folder, 'long.log');
      const turn = readFileSync(log(arch, 'prompt-idle'), 'latin1') + readFileSync(log(arch, 'reset'), 'latin1');
      writeFileSync(file, turn.repeat(Math.ceil((40 * 2 ** 20) / turn.length)), 'latin1');
      const { source: _, ...there } = await reportJson(file, '--between', '40:41');
      const piped = await project.twinbootUnder(
        ['sh', '-c', 'exec "$@" <"$LOG"', 'sh'],
        ['trace', 'report', '--json', '--between', '40:41', '-'],
        { LOG: file },
      );
      const { source: __, ...here }: InterruptReport = JSON.parse(piped.stdout);
      expect(there.bytes).toBeGreaterThan(40 * 2 ** 20);
      expect(there).toEqual(here);
    },
  );

  test.each([
    ['that is not there', undefined, /does not exist/],
    ['that is empty', '', /is empty: QEMU writes it with -d int -D FILE/],
    ['that is packed', gzipSync('x'), /is compressed with gzip\. `zcat .* \| twinboot trace report -` reads it/],
    ['that is binary', Buffer.from([0x7f, 0x45, 0, 0, 1]), /is binary/],
    ['of another kind', 'IN: \n0x1000:  nop\n', /holds not one interrupt or exception .* begins with: IN:/],
  ])('refuses a file %s', async (_, content, says) => {
    const file = path.join(project.folder, 'qemu.log');
    if (content !== undefined) writeFileSync(file, content);
    const { exitCode, stdout, stderr } = await report(file);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(says);
  });

  test.each([
    [['--last', '0'], /from 1 to 10000/],
    [['--between', '1'], /such as 41:42/],
    [['--vector', 'timer'], /--vector: expected two hexadecimal digits/],
    [['--arch', 'riscv'], /--arch: expected/],
    [['--stack', '5-1'], /the lower one first/],
    [['--json', '--markdown'], /exclude each other/],
  ])('refuses %j', async (args, says) => {
    const { exitCode, stderr } = await report(...args, log('x86_64', 'user'));
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(says);
  });

  test('follows a log that grows, and tells when what came', async () => {
    const file = path.join(project.folder, 'growing.log');
    const whole = readFileSync(log('aarch64', 'prompt-idle'));
    writeFileSync(file, whole.subarray(0, 10_000));
    const following = report('--json', '--follow', file);
    await new Promise((resolve) => following.stderr?.once('data', resolve));
    appendFileSync(file, whole.subarray(10_000));
    following.kill('SIGINT');
    const { stdout, exitCode } = await following;
    expect(exitCode).toBe(0);
    const { watchedMs, exceptions, handlers }: InterruptReport = JSON.parse(stdout);
    expect(watchedMs).toBeGreaterThan(0);
    expect(exceptions).toBe(113);
    expect(handlers.flatMap(({ totals }) => totals).find(({ name }) => name === 'IRQ')?.arrivals?.watched).toBe(111);
  });
});
