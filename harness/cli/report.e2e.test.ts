import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseResults } from '../report/results.ts';
import { TestProject } from '../testing/project.ts';
import { caseResult, environment, runResults } from '../testing/results.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { exitCodeOf } from './exit-code.ts';
import { reportCommand } from './report.ts';

const DECLARED = ['kernel/x86_64', 'kernel/aarch64'];
const pass: Verdict = { kind: 'pass' };
const fail: Verdict = { kind: 'fail', reason: 'exit status 1 of `alarm`' };
const EVIDENCE = 'evidence/kernel/aarch64/signals/alarm';

const HERE = process.cwd();

let project: TestProject;
beforeEach(() => {
  project = new TestProject({});
});
afterEach(() => project[Symbol.dispose]());

/** What a job leaves behind that ran one architecture. */
function writeJob(name: string, on: string, verdicts: Readonly<Record<string, Verdict>>): void {
  const whole = runResults({
    environments: [environment(on)],
    results: Object.entries(verdicts).map(([title, verdict]) =>
      caseResult({ environment: on, case: title, verdict, ...(verdict === fail ? { evidence: EVIDENCE } : {}) }),
    ),
  });
  const run = { ...whole.run, id: name, scope: { declared: DECLARED, asked: [on] } };
  project.write(`${name}/results.json`, JSON.stringify({ ...whole, run }));
}

/** Everything in the project but what every project has. */
function files(): string[] {
  return readdirSync(project.folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/^(node_modules|tmp)/.test(name) && path.extname(name) !== '')
    .sort();
}

const merged = () => parseResults(project.read('reports/merged/results.json'), 'results.json');

describe('twinboot report merge', () => {
  test('writes the reports of a run, the same whatever the order, and ends as that run', async () => {
    writeJob('x86', 'kernel/x86_64', { alarm: pass });
    writeJob('arm', 'kernel/aarch64', { alarm: fail });
    mkdirSync(path.join(project.folder, 'arm', EVIDENCE), { recursive: true });
    const run = await project.twinboot(['report', 'merge', 'x86', 'arm']);
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toContain('Parity: kernel   x86_64   aarch64');
    expect(run.stdout).toContain(`Passes on x86_64, not on aarch64`);
    expect(run.stdout).toContain(`      reports/arm/${EVIDENCE}`.replace('reports/', ''));
    expect(merged().run.complete).toBe(true);
    const texts = ['results.json', 'parity.md', 'junit.xml'].map((name) => project.read(`reports/merged/${name}`));
    expect((await project.twinboot(['report', 'merge', 'arm/results.json', 'x86'])).stdout).toBe(run.stdout);
    expect(['results.json', 'parity.md', 'junit.xml'].map((name) => project.read(`reports/merged/${name}`))).toEqual(
      texts,
    );
    expect(texts.join()).not.toContain(project.folder);
  });

  test('does not look green when a job is lost, and says which', async () => {
    writeJob('x86', 'kernel/x86_64', { alarm: pass });
    const run = await project.twinboot(['report', 'merge', 'x86', '--out', 'joined']);
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toContain('No job ran kernel/aarch64.');
    expect(project.read('joined/junit.xml')).toContain('No job ran kernel/aarch64.');
    expect(project.read('joined/parity.md')).toContain('**No job ran kernel/aarch64.**');
    const expected = await project.twinboot(['report', 'merge', 'x86', '--expect', 'x86_64']);
    expect(expected.exitCode).toBe(0);
    expect(expected.stdout).not.toContain('No job ran');
  });

  test('on a CI system does not look green where a job judged nothing', async () => {
    writeJob('x86', 'kernel/x86_64', { alarm: pass });
    writeJob('arm', 'kernel/aarch64', {});
    const args = ['report', 'merge', 'x86', 'arm'];
    expect((await project.twinboot(args)).exitCode).toBe(0);
    const run = await project.twinboot(args, { CI: 'true' });
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toContain('No case was judged on kernel/aarch64');
    expect((await project.twinboot([...args, '--no-strict'], { CI: 'true' })).exitCode).toBe(0);
  });
});

describe('twinboot report compare', () => {
  test('records, compares, and tells what has become worse with its evidence', async () => {
    writeJob('before', 'kernel/aarch64', { alarm: pass, itimer: fail, pause: pass });
    const recorded = await project.twinboot(['report', 'compare', 'known.txt', 'before', '--update-baseline']);
    expect(recorded.all).toContain('known.txt is written');
    expect(recorded.exitCode).toBe(0);
    writeJob('after', 'kernel/aarch64', { alarm: fail, itimer: pass });
    mkdirSync(path.join(project.folder, 'after', EVIDENCE), { recursive: true });
    const known = project.read('known.txt');
    const run = await project.twinboot(['report', 'compare', 'known.txt', 'after']);
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toContain('Against known.txt: 1 regression, 1 case gone and 1 new pass');
    expect(run.stdout).toContain(`was pass, now fail: exit status 1 of \`alarm\`\n      after/${EVIDENCE}`);
    expect(project.read('known.txt')).toBe(known);

    const runs = await project.twinboot(['report', 'compare', 'before', 'after', '--json']);
    expect(runs.exitCode).toBe(1);
    expect(JSON.parse(String(runs.stdout)).changes).toMatchObject([
      { change: 'regression', case: 'alarm', evidence: `after/${EVIDENCE}` },
      { change: 'gone', case: 'pause', verdict: null },
      { change: 'new-pass', case: 'itimer', was: 'fail' },
    ]);
  });
});

test('twinboot report junit writes a file for CI systems, with evidence as they find it', async () => {
  writeJob('arm', 'kernel/aarch64', { alarm: fail });
  project.write(`arm/${EVIDENCE}/verdict.txt`, 'fail');
  const printed = await project.twinboot(['report', 'junit', 'arm']);
  expect(printed.exitCode).toBe(0);
  expect(printed.stdout).toContain(`[[ATTACHMENT|arm/${EVIDENCE}/verdict.txt]]`);
  expect((await project.twinboot(['report', 'junit', 'arm', '-o', 'arm.xml'])).all).toBe('');
  expect(project.read('arm.xml').trimEnd()).toBe(printed.stdout);
});

describe('input that cannot be meant', () => {
  beforeEach(() => {
    writeJob('x86', 'kernel/x86_64', { alarm: pass });
    writeJob('other', 'kernel/x86_64', { 'of another suite': pass });
    const text = project.read('x86/results.json');
    project.write('cut/results.json', text.slice(0, 300));
    project.write('new/results.json', text.replace('results/1', 'results/2'));
    project.write('empty/notes.txt', 'nothing');
    project.write(
      'known.txt',
      '# twinboot-baseline/1\npass kernel/x86_64 signals > alarm\npas kernel/x86_64 signals > b\n',
    );
    project.write('elsewhere.txt', '# twinboot-baseline/1\npass kernel/x86-64 signals > alarm\n');
  });

  afterEach(() => process.chdir(HERE));

  /** The exit code that `twinboot report ARGS` has, and what it says. */
  const refused = async (args: readonly string[]): Promise<[number | undefined, string]> => {
    process.chdir(project.folder);
    const refusal: unknown = await reportCommand()
      .parseAsync(args, { from: 'user' })
      .catch((error: unknown) => error);
    return [exitCodeOf(refusal), String(refusal)];
  };

  test('is told by the command', async () => {
    const cut = await project.twinboot(['report', 'merge', 'x86', 'cut']);
    expect([cut.exitCode, cut.stderr]).toEqual([
      2,
      expect.stringContaining('cut/results.json: not JSON, or cut short'),
    ]);
    const none = await project.twinboot(['report', 'merge']);
    expect([none.exitCode, none.stderr]).toEqual([2, expect.stringContaining("missing required argument 'dir'")]);
  });

  test('is named with its place, ends with exit code 2, and overwrites nothing', async () => {
    const before = files();
    const mistakes = [
      [['merge', 'x86', 'cut'], 'cut/results.json: not JSON, or cut short after 300 characters'],
      [['merge', 'new'], 'new/results.json: schema: expected "twinboot-results/1", got "twinboot-results/2"'],
      [['merge', 'empty'], "empty has no results.json: expected the folder of a run's reports"],
      [['merge', 'nowhere'], 'nowhere does not exist'],
      [['merge', 'x86', '--out', 'x86'], '--out x86 is a folder that is read'],
      [['merge', 'x86', '--expect', 'arm46'], '--expect: expected "kernel" | "x86_64"'],
      [['merge', 'x86', '--baseline', 'known.txt'], 'known.txt:3: verdict: expected "pass"'],
      [['junit', 'cut'], 'cut/results.json: not JSON, or cut short after 300 characters'],
      [['junit', 'x86', '-o', 'x86/results.json'], '--out: expected the name of an .xml file, got "x86/results.json"'],
      [['compare', 'known.txt', 'x86', '--update-baseline'], 'got "pas" (did you mean "pass"?)'],
      [
        ['compare', 'elsewhere.txt', 'x86', '--update-baseline'],
        'elsewhere.txt:2: environment: expected "kernel/x86_64"',
      ],
      [['compare', 'missing.txt', 'x86'], 'The baseline missing.txt does not exist; --update-baseline writes it'],
      [['compare', 'x86', 'other'], 'x86 and other have no case in common (1 and 1 cases)'],
      [['compare', 'x86', 'x86', '--update-baseline'], 'x86 holds the results of a run, and no baseline'],
      [['compare', 'x86', 'x86', '--json', '--markdown'], '--json and --markdown exclude each other'],
    ] as const;
    for (const [args, told] of mistakes) expect(await refused(args)).toEqual([2, expect.stringContaining(told)]);
    expect(files()).toEqual(before);
  });
});

describe('twinboot report parity', () => {
  test('renders what a run has left behind, for people and machines, and writes nothing', async () => {
    writeJob('reports/latest', 'kernel/x86_64', { alarm: pass });
    writeJob('arm', 'kernel/aarch64', { alarm: fail });
    const before = files();
    const own = await project.twinboot(['report', 'parity']);
    expect(own.stdout).toContain('kernel: 100 % pass on x86_64 (1 of 1 executed)\n1 result in');
    expect(own.exitCode).toBe(0);
    const both = await project.twinboot(['report', 'parity', 'reports/latest', 'arm']);
    expect(both.stdout).toContain('  Passes on x86_64, not on aarch64');
    expect(both.stderr).toContain(`twinboot: Evidence is not there any more in arm: ${EVIDENCE}.`);
    expect(both.exitCode).toBe(1);
    const json = await project.twinboot(['report', 'parity', '--json', 'reports/latest', 'arm']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      schema: 'twinboot-parity/1',
      targets: [{ environments: [{ passRate: 1 }, { passRate: 0 }] }],
    });
    const page = await project.twinboot(['report', 'parity', '--markdown', 'arm', 'reports/latest/results.json']);
    expect(page.stdout).toContain(
      '- **kernel: 100 % pass on x86_64 (1 of 1 executed), 0.0 % on aarch64 (0 of 1); parity 0.0 %**',
    );
    expect(files()).toEqual(before);
  });

  test('says what is wrong with what it is given', async () => {
    const nothing = await project.twinboot(['report', 'parity']);
    expect(nothing.stderr).toContain('reports/latest does not exist');
    expect(nothing.exitCode).toBe(2);
    expect((await project.twinboot(['report', 'parity', '--json', '--markdown'])).exitCode).toBe(2);
  });
});

describe('twinboot report history', () => {
  test('tells of the wholes that merge has added, and names what it cannot read', async () => {
    writeJob('x86', 'kernel/x86_64', { alarm: pass });
    writeJob('arm', 'kernel/aarch64', { alarm: fail });
    const merge = ['report', 'merge', 'x86', 'arm', '--history', 'reports/history.jsonl'];
    await project.twinboot(merge);
    await project.twinboot(merge);
    project.write('reports/history.jsonl', `${project.read('reports/history.jsonl')}{"schema":`);
    const run = await project.twinboot(['report', 'history']);
    expect(run.stderr).toBe('twinboot: reports/history.jsonl:3: not JSON, or cut short; the line is left out');
    expect(run.stdout).toMatch(/^Pass rates in 1 run, .*\n.*\n {2}kernel\/x86_64 .*100 % \(1\/1\) {2}█\n/);
    expect(run.exitCode).toBe(0);
    const json = await project.twinboot(['report', 'history', '--json', 'reports']);
    expect(JSON.parse(json.stdout)).toMatchObject([
      {
        rates: [
          { passed: 1, cases: 1 },
          { passed: 0, cases: 1 },
        ],
      },
    ]);
    expect((await project.twinboot(['report', 'history', 'nowhere.jsonl'])).exitCode).toBe(2);
  });
});
