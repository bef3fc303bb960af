import { readFileSync } from 'node:fs';
import path from 'node:path';
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { contextsOf, readWorkflow } from './testing/github-job.ts';

const repository = path.resolve(import.meta.dirname, '..');
const read = (file: string) => readFileSync(path.join(repository, file), 'utf8');

/** What GitHub itself would complain about: unknown keys, needs that cannot be met, expressions. */
async function complaints(name: string, content: string): Promise<string[]> {
  const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  if (value) await convertWorkflowTemplate(context, value);
  return context.errors.getErrors().map(({ message }) => message);
}

/** The newest major version of each action, as GitHub documents it. */
const ACTIONS = [
  'actions/checkout@v6',
  'actions/setup-node@v6',
  'actions/cache@v5',
  'actions/upload-artifact@v7',
  'actions/download-artifact@v8',
];

describe.each(['.github/workflows/ci.yml', 'docs/ci/github.yml'])('%s', (file) => {
  const workflow = readWorkflow(read(file));
  const jobs = Object.values(workflow.jobs);
  const steps = jobs.flatMap((job) => job.steps);

  test('is a workflow to GitHub', async () => {
    expect(await complaints(file, read(file))).toEqual([]);
    expect(await complaints(file, read(file).replace('needs: suites', 'needs: suits'))).not.toEqual([]);
    expect(await complaints(file, read(file).replace('always()', 'allways()'))).not.toEqual([]);
  });

  test('may read the repository and nothing else, and uses GitHub’s own actions', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    const used = steps.flatMap(({ uses }) => uses ?? []).filter((action) => !action.startsWith('./'));
    expect(ACTIONS).toEqual(expect.arrayContaining([...new Set(used)]));
    expect(new Set(used).size).toBeGreaterThan(3);
  });

  test('keeps each job’s report under a name of its own, whatever became of the job', () => {
    const { suites } = workflow.jobs;
    const keep = suites?.steps.find(({ uses }) => uses?.startsWith('actions/upload-artifact@'));
    expect(keep?.if).toBe('$' + '{{ always() }}');
    const names = contextsOf(suites ?? { steps: [] }).map((context) =>
      String(keep?.with?.name).replaceAll(/\$\{\{ (.*?) \}\}/g, (_, key: string) => context[key] ?? '?'),
    );
    expect(names.length).toBeGreaterThan(1);
    expect(new Set(names).size).toBe(names.length);
    expect(names.join()).not.toMatch(/[?/]/);
  });

  test('takes nothing that a kernel prints for a command', () => {
    const showing = steps.filter(({ run = '' }) => /twinboot (-- )?(run|report merge) /.test(run));
    expect(showing).toHaveLength(2);
    for (const { run = '' } of showing)
      expect(run.split('\n')[0]).toMatch(/^echo "::stop-commands::\$\(cat \S+\/uuid\)"/);
  });

  test('has a parity job that is never skipped', () => {
    const { parity } = workflow.jobs;
    expect(parity).toMatchObject({ needs: 'suites', if: '$' + '{{ always() }}' });
  });
});

interface GitlabJob {
  readonly needs?: readonly string[];
  readonly when?: string;
  readonly before_script: readonly string[];
  readonly script: readonly string[];
  readonly after_script: readonly string[];
  readonly artifacts: { readonly when: string };
}

describe('the workflows for kernels', () => {
  const github = readWorkflow(read('docs/ci/github.yml'));
  const gitlab = parse(read('docs/ci/gitlab-ci.yml')) as Readonly<Record<'suites' | 'parity', GitlabJob>>;
  const scripts = {
    github: Object.values(github.jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? [])),
    gitlab: [gitlab.suites, gitlab.parity].flatMap((job) => [...job.before_script, ...job.script, ...job.after_script]),
  };

  test('install all packages that the harness needs', () => {
    const { tools } = JSON.parse(read('scripts/setup/tools.json')) as {
      tools: readonly { readonly usedBy: string; readonly packages: { readonly apt?: readonly string[] } }[];
    };
    const needed = tools.filter(({ usedBy }) => usedBy === 'harness').flatMap(({ packages }) => packages.apt ?? []);
    // A part of any Debian, but for images that are small.
    const basic = { github: ['util-linux', 'procps'], gitlab: ['util-linux'] };
    for (const [name, lines] of Object.entries(scripts)) {
      const words = lines.join(' ').split(/\s+/);
      const present = basic[name as keyof typeof basic];
      expect(needed.filter((one) => !present.includes(one) && !words.includes(one))).toEqual([]);
    }
  });

  test('on GitLab keep what a job that failed has found, and compare whatever became of the jobs', () => {
    expect(gitlab.parity).toMatchObject({ needs: ['suites'], when: 'always' });
    expect([gitlab.suites, gitlab.parity].map(({ artifacts }) => artifacts.when)).toEqual(['always', 'always']);
  });

  test('are explained, with the commands that they use', () => {
    const page = read('docs/ci.md');
    for (const file of ['ci/github.yml', 'ci/gitlab-ci.yml']) expect(page).toContain(`](${file})`);
    const commands = [...page.matchAll(/npx twinboot (?:run|report \w+)/g)].map(([command]) => command);
    expect(new Set(commands).size).toBe(3);
    for (const name of ['github', 'gitlab'] as const)
      for (const command of new Set(commands)) expect(scripts[name].join('\n')).toContain(command);
  });
});
