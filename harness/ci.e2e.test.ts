import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { consolesOf } from './testing/console-logs.ts';
import {
  contextsOf,
  doSteps,
  type JobContext,
  readWorkflow,
  type StepOutcome,
  type WorkflowJob,
} from './testing/github-job.ts';
import { eventually, leftovers } from './testing/leftovers.ts';
import { calamityConfig, TestProject } from './testing/project.ts';

const template = (name: string) => readFileSync(path.resolve(import.meta.dirname, '../docs/ci', name), 'utf8');

const SUITES = {
  'suites/first.suite.ts': `
import { defineSuite } from 'twinboot';

defineSuite('first', {
  isolation: 'shared',
  results: { lines: [{ match: /^test (\\S+): OK/, subtest: 'pass' }] },
  cases: {
    'ends at once': { boot: { append: 'lines' } },
    'takes its time': process.env.STUCK ? { run: 'wait-key', timeout: '60m' } : { run: 'pass a' },
  },
});
`,
  'suites/second.suite.ts': `
import { defineSuite } from 'twinboot';

interface Unused {
  readonly type: 'that is no JavaScript';
}

defineSuite('second', {
  results: { lines: [{ match: /^test (\\S+): OK/, subtest: 'pass' }, { match: /^test (\\S+): FAILED/, subtest: 'fail' }] },
  cases: {
    known: { boot: { append: 'lines-fail' } },
    'has become worse': { boot: { append: 'lines-fail' } },
  },
});
`,
};

const baseline = (worse: string) =>
  ['aarch64', 'x86_64']
    .flatMap((arch) => [
      `pass calamity/${arch} first > ends at once`,
      `pass calamity/${arch} first > takes its time`,
      `${worse} calamity/${arch} second > has become worse`,
      `fail calamity/${arch} second > known`,
    ])
    .reduce((text, line) => `${text}${line}\n`, '# twinboot-baseline/1\n');

/** What a job finds on its host, but for what the host of a test has already. */
const PROGRAMS = {
  npx: '#!/bin/sh\n[ "$1" = twinboot ] || exit 3\nshift\nexec node node_modules/twinboot/dist/harness/cli/main.js "$@"\n',
  ...Object.fromEntries(['npm', 'make', 'sudo', 'apt-get'].map((name) => [name, '#!/bin/sh\nexit 0\n'])),
};

/** A project as a job has it after its checkout. */
function checkOut(recorded: string): TestProject {
  const project = new TestProject({
    'vitest.config.ts': calamityConfig(),
    ...SUITES,
    'baseline.txt': recorded,
    'summary.md': '',
  });
  for (const [name, text] of Object.entries(PROGRAMS)) {
    project.write(`programs/${name}`, text);
    chmodSync(path.join(project.folder, 'programs', name), 0o755);
  }
  return project;
}

function variablesOf({ folder }: TestProject): Record<string, string> {
  return {
    CI: 'true',
    HOME: path.join(folder, 'home'),
    PATH: `${path.join(folder, 'programs')}:${process.env.PATH}`,
  };
}

const MERGE = 'Compare the architectures';
const SHOW = 'Show what is wrong';

let artifacts: TestProject;
beforeEach(() => {
  artifacts = new TestProject({});
});
afterEach(() => artifacts[Symbol.dispose]());

const kept = (name: string) => path.join(artifacts.folder, 'kept', name);

/** A job of GitHub's on a checkout of its own, its artifacts kept and fetched as GitHub does. */
async function doJob(
  job: WorkflowJob,
  context: JobContext,
  checkout: TestProject,
  run = (script: string) => runStep(checkout, script),
) {
  const done = await doSteps(job, context, {
    run,
    use: (action, inputs) => {
      if (action === 'actions/upload-artifact') upload(checkout, inputs);
      if (action === 'actions/download-artifact') download(checkout, inputs);
    },
  });
  expect(await leftovers(checkout)).toEqual([]);
  return done;
}

function startStep(checkout: TestProject, script: string, variables: Readonly<Record<string, string>> = {}) {
  const { folder } = checkout;
  const own = { GITHUB_WORKSPACE: folder, GITHUB_STEP_SUMMARY: path.join(folder, 'summary.md') };
  return checkout.shell(script, { ...variablesOf(checkout), ...own, ...variables }, true);
}

async function runStep(checkout: TestProject, script: string): Promise<StepOutcome> {
  const { exitCode, all } = await startStep(checkout, script);
  return { exitCode, all };
}

/** A host that goes down while the second case of a suite runs. */
async function dieHalfWay(checkout: TestProject, script: string): Promise<StepOutcome> {
  if (!script.includes('twinboot run')) return runStep(checkout, script);
  const step = startStep(checkout, script, { STUCK: 'yes' });
  const isReached = () =>
    existsSync(path.join(checkout.folder, 'reports/latest/results.json')) &&
    checkout.results().results.length === 1 &&
    consolesOf(checkout).some((said) => said.includes('press any key'));
  expect(await eventually(isReached)).toBe(true);
  process.kill(-Number(step.pid), 'SIGKILL');
  const { exitCode, all } = await step;
  return { exitCode, all };
}

/** One folder is kept without its own path; several keep theirs. */
function upload({ folder }: TestProject, { name = '', path: paths = '' }: Readonly<Record<string, string>>): void {
  const places = paths.trim().split('\n');
  for (const place of places) {
    const target = places.length > 1 ? path.join(kept(name), place) : kept(name);
    rmSync(target, { recursive: true, force: true });
    cpSync(path.join(folder, place), target, { recursive: true });
  }
}

/** A folder for each artifact. */
function download(
  { folder }: TestProject,
  { pattern = '', path: target = '' }: Readonly<Record<string, string>>,
): void {
  const prefix = pattern.replace(/\*$/, '');
  for (const name of readdirSync(kept('')).filter((one) => one.startsWith(prefix)))
    cpSync(kept(name), path.join(folder, target, name), { recursive: true });
}

type GitlabJob = Readonly<Record<'before_script' | 'script' | 'after_script', readonly string[]>>;

/** GitLab's runner does the last part in any case, in a shell of its own. @returns the exit code of the job. */
async function doGitlabJob(job: GitlabJob, checkout: TestProject, variables: Readonly<Record<string, string>>) {
  const run = (...lines: string[]) =>
    checkout.shell(lines.join('\n'), { ...variablesOf(checkout), CI_PROJECT_DIR: checkout.folder, ...variables });
  const { exitCode, all } = await run('set -o pipefail', ...job.before_script, ...job.script);
  await run(...job.after_script);
  return { exitCode, all };
}

test('the workflows in docs/ci tell over several jobs what has become worse, and which job was cut short or lost', async () => {
  const { suites, parity } = readWorkflow(template('github.yml')).jobs;
  if (!suites || !parity) throw new Error('no such job');
  const jobs = contextsOf(suites);
  const failed: boolean[] = [];
  for (const context of jobs) {
    using checkout = checkOut(baseline('pass'));
    failed.push((await doJob(suites, context, checkout)).failed);
  }
  expect(failed.toSorted()).toEqual([false, false, true, true]); // Of each architecture, the shard with the second suite.

  const compare = async (recorded: string) => {
    using checkout = checkOut(recorded);
    const { outcomes } = await doJob(parity, contextsOf(parity)[0] ?? {}, checkout);
    const { [MERGE]: merge, [SHOW]: show } = outcomes;
    expect(show?.exitCode).toBe(0);
    expect(checkout.read('reports/merged/report.html')).toMatch(/^<!doctype html>/i);
    return { merge, annotations: show?.all.split('\n'), summary: checkout.read('summary.md') };
  };

  const worse = await compare(baseline('pass'));
  expect(worse.merge?.exitCode).toBe(1);
  expect(worse.merge?.all).toContain('Against baseline.txt: 2 regressions\n');
  expect(worse.summary).toContain('## Against baseline.txt\n\n**2 regressions**');
  const [x86, arm] = ['x86_64', 'aarch64'].map((arch) => {
    const job = readdirSync(kept('')).find((name) => existsSync(kept(`${name}/evidence/calamity/${arch}/second`)));
    return `evidence  jobs/${job}/evidence/calamity/${arch}/second/has-become-worse-`;
  });
  expect(worse.annotations).toHaveLength(1);
  const [title, told = ''] = worse.annotations?.[0]?.split(/(?<=.)::(?=w)/) ?? [];
  expect(title).toBe(
    '::error file=suites/second.suite.ts,line=12,title=second > has become worse on calamity/x86_64 and calamity/aarch64',
  );
  expect(told.split('%0A')).toEqual([
    expect.stringMatching(/^was pass, now fail: /),
    expect.stringContaining(x86 ?? ''),
    expect.stringContaining(arm ?? ''),
  ]);
  expect(existsSync(kept('parity-1/reports/merged/results.json'))).toBe(true);

  const known = await compare(baseline('fail'));
  expect(known).toMatchObject({ merge: { exitCode: 0 }, annotations: [''] });

  const first = jobs.find((_, index) => failed[index] === false) ?? {};
  {
    using checkout = checkOut(baseline('fail'));
    const died = await doJob(suites, first, checkout, (script) => dieHalfWay(checkout, script));
    expect(died.failed).toBe(true);
  }
  const cut = await compare(baseline('fail'));
  const place = `calamity/${first['matrix.arch']}, shard ${first['matrix.shard']}`;
  expect(cut.merge?.exitCode).toBe(1);
  expect(cut.merge?.all).toContain(`The run of ${place} (begun `);
  expect(cut.annotations).toEqual([
    expect.stringMatching(
      `^::error title=The run is not complete::Parts of the run are missing or were cut short: .*%0ACut short: ${place} \\(`,
    ),
  ]);
  expect(cut.summary).toMatch(new RegExp(`The run of .*, shard ${first['matrix.shard']} .* was cut short`));

  rmSync(kept(`twinboot-${first['matrix.arch']}-${first['strategy.job-index']}-1`), { recursive: true });
  const lost = await compare(baseline('fail'));
  const missing = `Shard ${first['matrix.shard']} of calamity/${first['matrix.arch']} is missing.`;
  expect(lost.merge?.exitCode).toBe(1);
  expect(lost.merge?.all).toContain(missing);
  expect(lost.annotations).toEqual([`::error title=The run is not whole::${missing}`]);
  expect(lost.summary).toContain(missing);

  const gitlab = parse(template('gitlab-ci.yml')) as Readonly<Record<'suites' | 'parity', GitlabJob>>;
  using checkout = checkOut(baseline('pass'));
  download(checkout, { pattern: 'twinboot-*', path: 'jobs' });
  const variables = { ARCH: first['matrix.arch'] ?? '', SHARD: first['matrix.shard'] ?? '', CI_NODE_INDEX: '1' };
  expect(await doGitlabJob(gitlab.suites, checkout, variables)).toMatchObject({ exitCode: 0 });
  expect(existsSync(path.join(checkout.folder, `jobs/${first['matrix.arch']}-1/results.json`))).toBe(true);
  expect(await doGitlabJob(gitlab.parity, checkout, {})).toMatchObject({ exitCode: 1 });
  expect(JSON.parse(checkout.read('code-quality.json'))).toEqual([
    expect.objectContaining({ severity: 'major', location: { path: 'suites/second.suite.ts', lines: { begin: 12 } } }),
  ]);
});
