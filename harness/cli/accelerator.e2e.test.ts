import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { calamityConfig, TestProject } from '../testing/project.ts';

const SUITE = `
import { defineSuite } from 'twinboot';

defineSuite('one', { cases: { ktap: { boot: { append: 'ktap' } } } });
`;

/** One that this system does not have: which of the others works depends on the host. */
const ABSENT = process.platform === 'darwin' ? 'kvm' : 'hvf';

describe('an accelerator that does not run the kernel', () => {
  let project: TestProject;
  let run: { exitCode?: number | undefined; all: string };

  beforeAll(async () => {
    const config = calamityConfig('', `accelerator: '${ABSENT}'`);
    project = new TestProject({ 'vitest.config.ts': config, 'suites/one.suite.ts': SUITE });
    run = await project.twinboot(['run']);
  });

  afterAll(() => project[Symbol.dispose]());

  test.each(['x86_64', 'aarch64'])('is given up for emulation on %s, and that is said with the reason', (arch) => {
    expect(run.all).toMatch(new RegExp(`calamity/${arch}: ${ABSENT} does not work here \\(.+\\); emulating with tcg`));
  });

  test('does not keep the suites from running, and results name what ran them', () => {
    const { environments, results } = project.results();
    expect(environments.map(({ accelerator }) => accelerator)).toEqual(['tcg', 'tcg']);
    expect(results.map(({ verdict }) => verdict.kind)).toEqual(['pass', 'pass']);
    expect(run.exitCode).toBe(0);
  });
});
