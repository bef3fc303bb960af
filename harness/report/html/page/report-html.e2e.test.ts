import { mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isStrictByDefault } from '../../../strict.ts';
import { findBrowser, launchBrowser } from '../../../testing/browser.ts';
import { TestProject } from '../../../testing/project.ts';
import { caseResult, runResults } from '../../../testing/results.ts';
import { historyEntryOf } from '../../history/history.ts';
import type { CaseResult, RunResults } from '../../results.ts';

const PANIC = 'evidence/linux/aarch64/signals/panic';
const HOSTILE = 'evidence/linux/x86_64/hostile/script';
const ATTACK = `</script><script>window.attacked=1</script><img src=x onerror="window.attacked=2">\u202e`;
const LINES = 150_000;

let project: TestProject;

/** A run of a thousand cases, one of which panics after ten megabytes of console; and a guest that attacks who reads of it. */
function writeRun(): void {
  const many = Array.from({ length: 1_000 }, (_, index) => `case ${index + 1}`);
  const environments = ['linux/x86_64', 'linux/aarch64'];
  const results: CaseResult[] = environments.flatMap((environment) => [
    ...many.map((name) => caseResult({ environment, case: name })),
    caseResult({ environment, case: 'panic', ...(environment === 'linux/aarch64' ? panicking : {}) }),
  ]);
  results.push(
    caseResult({
      suite: `hostile ${ATTACK}`,
      case: `name ${ATTACK}`,
      about: ATTACK,
      verdict: { kind: 'fail', reason: ATTACK },
      notes: [ATTACK],
      subtests: [{ name: ATTACK, verdict: { kind: 'fail', reason: ATTACK } }],
      evidence: HOSTILE,
    }),
  );
  const whole = runResults({ results });
  writeResults(whole);
  const days = ['2026-02-01', '2026-02-02'].map((day) => ({
    ...whole.run,
    id: day,
    startedAt: `${day}T12:00:00.000Z`,
  }));
  const history = days.map((run) => `${JSON.stringify(historyEntryOf({ ...whole, run }))}\n`);
  project.write('reports/history.jsonl', history.join(''));
  const log = Array.from(
    { length: LINES },
    (_, index) => `[${index}] ${'all is well here, and there is more to say '}\n`,
  );
  writeEvidence(PANIC, {
    'verdict.txt': `crash\n  last line   KERNEL PANIC: no root  (3 ms ago)\n`,
    'console-user.log': `${log.join('')}\x1b[31mKERNEL PANIC: no root\x1b[0m\n`,
    'console-user.times': `12.0 0\n2500.0 ${log.join('').length}\n`,
    'interrupts.txt': '    2.310 s  page-fault (#PF)  kernel → kernel  at ext2_mount+0x1c (super.c:40)  address 0x8\n',
    'ports.txt': '    1.204 s  0x80   0x40 kernel\n',
    'registers.txt': 'vCPU 0\nPC=0000000040202684\n',
    'backtraces.txt': 'vCPU 0: panic+0x20\n  #0  0x100  panic+0x20 (panic.c:42)\n',
    'reproduce.sh': '#!/bin/sh\nexec qemu-system-aarch64\n',
    'machine.json': '{}',
  });
  writeEvidence(HOSTILE, {
    'verdict.txt': `fail\n  last line   ${ATTACK}\n`,
    'console-user.log': `${ATTACK}\n\x1b]0;title\x07\x1b[2J\x1b[1;1Hafter \x00\x9b\ufeff\n\u05d0\u05d1 right to left\n`,
    [`${ATTACK.replaceAll('/', '')}.txt`]: ATTACK,
  });
}

const panicking: Partial<CaseResult> = {
  verdict: { kind: 'crash', cause: 'panic', title: 'KERNEL PANIC: no root', frames: [{ function: 'ext2_mount' }] },
  stages: [{ name: 'kernel', atMs: 400 }],
  evidence: PANIC,
};

function writeResults(results: RunResults): void {
  project.write('reports/latest/results.json', JSON.stringify(results));
}

function writeEvidence(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(path.join(project.folder, 'reports/latest', folder), { recursive: true });
  for (const [name, text] of Object.entries(files)) project.write(`reports/latest/${folder}/${name}`, text);
}

const reportFile = () => path.join(project.folder, 'reports/latest/report.html');

beforeAll(async () => {
  project = new TestProject({});
  writeRun();
  const run = await project.twinboot(['report', 'html']);
  expect(run.all).toBe('reports/latest/report.html');
  expect(run.exitCode).toBe(0);
});
afterAll(() => project[Symbol.dispose]());

describe('twinboot report html', () => {
  test('writes the same bytes of the same results, wherever it is told to', async () => {
    const first = readFileSync(reportFile(), 'utf8');
    const args = ['report', 'html', 'reports/latest/results.json', '--out', 'pages/again.html'];
    expect((await project.twinboot(args)).all).toBe('pages/again.html');
    expect(project.read('pages/again.html')).toBe(first);
    expect(first).not.toContain(project.folder);
  });

  test.each([
    [['nowhere'], "twinboot: nowhere does not exist: expected results.json, or the folder of a run's reports"],
    [
      ['.'],
      "twinboot: . has no results.json: expected the folder of a run's reports; there are results in reports/latest",
    ],
    [['--out', 'reports'], "twinboot: --out reports is a folder: expected the page's file, as in reports/report.html"],
    [
      ['--history', 'before.jsonl'],
      'twinboot: The history before.jsonl does not exist: `twinboot run` adds a line to it when it ends',
    ],
    [['--out', 'results.json'], 'twinboot: --out results.json: expected a file whose name ends in .html'],
  ])('%j is refused, with what was expected', async (args, message) => {
    const run = await project.twinboot(['report', 'html', ...args]);
    expect(run.stderr).toBe(message);
    expect(run.exitCode).toBe(2);
  });

  test('of results that are cut in half says where, and leaves the page of before', async () => {
    const before = readFileSync(reportFile(), 'utf8');
    project.write('half/results.json', project.read('reports/latest/results.json').slice(0, 5_000));
    const run = await project.twinboot(['report', 'html', 'half', '--out', reportFile()]);
    expect(run.stderr).toMatch(/^twinboot: half\/results\.json/);
    expect(run.exitCode).toBe(2);
    expect(readFileSync(reportFile(), 'utf8')).toBe(before);
  });
});

const program = findBrowser();

describe('the page in a browser', () => {
  let browser: Browser;
  /** What no report may do. */
  const offences: string[] = [];

  async function open(options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, ...options });
    page.on('dialog', (dialog) => offences.push(`dialog ${dialog.message()}`));
    page.on('request', (request) => {
      if (request.url() !== pathToFileURL(reportFile()).href && !request.url().startsWith('data:image/png'))
        offences.push(`request ${request.url()}`);
    });
    page.on('console', (message) => offences.push(`console ${message.text()}`));
    page.on('pageerror', (error) => offences.push(`error ${error}`));
    await page.goto(pathToFileURL(reportFile()).href);
    await page.getByRole('grid').waitFor();
    return page;
  }

  const shownRows = (page: Page) => page.locator('.matrix .case').count();

  beforeAll(async () => {
    if (program) browser = await launchBrowser(program);
  });
  beforeEach((context) => {
    if (!program && !isStrictByDefault()) context.skip('there is no Chromium');
    expect(program, 'Chromium, which CI is to have').toBeDefined();
  });
  afterAll(() => browser?.close());

  test('filters a thousand cases, of which only those exist that are seen', async () => {
    const page = await open();
    expect(await page.locator('.summary').textContent()).toContain('2003 results');
    expect(await shownRows(page)).toBeLessThan(100);
    await page.keyboard.press('/');
    await page.keyboard.type('case 99');
    await page.getByText('19 of 1002 cases').waitFor();
    expect(await page.locator('.case .name').allTextContents()).toContain('case 990');
    await page.getByRole('button', { name: 'show all' }).click();
    await page.getByRole('button', { name: 'crash 1' }).click();
    await page.getByText('1 of 1002 cases').waitFor();
    expect(await page.locator('.case .name').allTextContents()).toEqual(['panic']);
    await page.getByRole('button', { name: 'crash 1' }).click();
    await page.mouse.wheel(0, 1e6);
    await page.getByRole('row', { name: 'panic' }).waitFor();
    expect(await shownRows(page)).toBeLessThan(100);
    await page.getByRole('button', { name: /KERNEL PANIC: no root in ext2_mount/ }).click();
    await page.getByText('1 of 1002 cases').waitFor();
    await page.getByRole('button', { name: 'show all' }).click();
    await page.mouse.wheel(0, 1e6);
    await page.getByRole('row', { name: 'panic' }).getByRole('button', { name: 'crash' }).click();
    await page.keyboard.press('n');
    await page.getByRole('dialog').getByRole('heading', { name: 'name' }).waitFor();
    await page.keyboard.press('Escape');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('fail');
    await page.close();
  });

  test('draws the pass rates of the runs before', async () => {
    const page = await open();
    const history = page.getByRole('region', { name: 'Pass rates over time' });
    await history.locator('canvas').waitFor();
    expect(await history.getByText('of the last 2 runs').count()).toBe(1);
    await page.close();
  });

  test('opens a case by keyboard: verdict, console of ten megabytes, timeline, registers, and back', async () => {
    const page = await open();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('searchbox', { name: 'Filter' }).focus();
    await page.keyboard.type('panic');
    const verdict = page.getByRole('row', { name: 'panic' }).getByRole('button', { name: 'crash' });
    await verdict.waitFor();
    while (!(await page.locator('.matrix :focus').count())) await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowRight');
    expect(await verdict.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    const panel = page.getByRole('dialog');
    await panel.getByText('crash (panic): KERNEL PANIC: no root; at ext2_mount').waitFor();
    await panel.getByText('KERNEL PANIC: no root (3 ms ago)').waitFor();
    await panel.getByRole('button', { name: 'copy' }).click();
    await panel.getByRole('button', { name: 'copied' }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      `npx twinboot debug reports/latest/${PANIC}`,
    );

    await panel.getByRole('tab', { name: 'Console' }).click();
    const rows = panel.getByRole('log');
    const last = rows.getByText('KERNEL PANIC: no root');
    await last.waitFor();
    expect(await last.evaluate((element) => getComputedStyle(element).color)).toBe('rgb(180, 35, 44)');
    expect(await rows.locator('.time').last().getAttribute('data-time')).toBe('2.500');
    await rows.evaluate((element) => element.scrollTo({ top: 0 }));
    await rows.getByText('[0] all is well').waitFor();
    await rows.evaluate((element) => element.scrollTo({ top: element.scrollHeight / 2 }));
    await rows.getByText(`[${LINES / 2}] all is well`).waitFor();
    expect(await rows.locator('.line').count()).toBeLessThan(120);
    await panel.getByRole('searchbox').fill('[149000] ALL');
    await rows.getByText('[149000] all is well').waitFor();
    expect(await panel.getByText('1 of 1', { exact: true }).count()).toBe(1);

    await panel.getByRole('tab', { name: 'Timeline' }).click();
    await panel.locator('.plot canvas').waitFor();
    const moments = await rows.locator('.words').allTextContents();
    expect(moments.map((text) => text.replace(/ +/g, ' ').trim())).toEqual([
      'console user [0] all is well here, and there is more to say',
      'stage kernel',
      'port 0x80 0x40 kernel',
      'page-fault page-fault (#PF) kernel → kernel at ext2_mount+0x1c (super.c:40) address 0x8',
      'console user KERNEL PANIC: no root',
    ]);
    await page.keyboard.press('Tab');
    await panel.getByRole('tab', { name: 'Registers' }).click();
    await rows.getByText('PC=0000000040202684').waitFor();
    await panel.getByRole('tab', { name: 'Backtraces' }).click();
    await rows.getByText('panic+0x20 (panic.c:42)').waitFor();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    expect(await verdict.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.close();
  });

  test('is inert, whatever the guest said', async () => {
    const page = await open();
    await page.getByRole('searchbox', { name: 'Filter' }).fill('attacked');
    await page.getByRole('gridcell', { name: 'fail' }).first().click();
    const panel = page.getByRole('dialog');
    const tabs = panel.getByRole('tab');
    await panel.getByRole('tab', { name: 'Console' }).waitFor();
    for (const tab of await tabs.all()) {
      await tab.click();
      expect(await panel.textContent()).not.toMatch(/[\u202e\x00\x1b]/);
    }
    await panel.getByRole('tab', { name: 'Console' }).click();
    const lines = await panel.locator('.line .words').allTextContents();
    expect(lines).toEqual([
      ATTACK.replace('\u202e', '\\u202e'),
      '\\x1b]0;title\\x07after \\x00\\x9b\\ufeff',
      '\u05d0\u05d1 right to left',
    ]);
    const text = await page.evaluate(() => document.body.textContent);
    expect(text).toContain('window.attacked=1');
    expect(text).not.toMatch(/[\u202e\x00\x1b]/);
    expect(await page.evaluate(() => 'attacked' in window)).toBe(false);
    expect(await page.locator('#page img, #page script').count()).toBe(0);
    await page.close();
  });

  test('is light or dark as its reader likes, also when they change their mind', async () => {
    const page = await open({ colorScheme: 'light' });
    const back = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await back()).toBe('rgb(255, 255, 255)');
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await back()).toBe('rgb(20, 23, 26)');
    await page.close();
  });

  test('fits 400 pixels, the case over all of them', async () => {
    const page = await open({ viewport: { width: 400, height: 800 } });
    const isTooWide = () => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(await isTooWide()).toBe(false);
    await page.getByRole('searchbox', { name: 'Filter' }).fill('panic');
    const cell = page.getByRole('gridcell', { name: 'crash' });
    await cell.click();
    const panel = page.getByRole('dialog');
    expect((await panel.boundingBox())?.width).toBe(400);
    expect(await isTooWide()).toBe(false);
    await panel.getByRole('button', { name: 'close' }).click();
    expect(await panel.count()).toBe(0);
    await page.close();
  });

  test('has done nothing else: no request, no dialog, no script but its own, no error', () => {
    expect(offences).toEqual([]);
  });
});

test('the page is small where nothing failed', async () => {
  using green = new TestProject({});
  const results = ['linux/x86_64', 'linux/aarch64'].map((environment) => caseResult({ environment }));
  green.write('reports/latest/results.json', JSON.stringify(runResults({ results })));
  await green.twinboot(['report', 'html']);
  expect(statSync(path.join(green.folder, 'reports/latest/report.html')).size).toBeLessThan(200_000);
});
