import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { leftovers } from '../testing/leftovers.ts';
import { calamityConfig, TestProject } from '../testing/project.ts';

/** The kernel that misbehaves on request writes its stages to port 0x80, or as semihosting where it is told to. */
const IMAGES = `
  images: { ...calamity.images, aarch64: { ...calamity.images.aarch64, append: 'semihosting' } },
  ports: ['post', 'e9', '402'],
`;

const BOOT = `
import { defineBoot } from 'twinboot';

const stage = (name, postCode) => ({ name, postCode, within: '60s', means: 'it did not get so far', look: 'the kernel' });

defineBoot('by code', {
  stages: [
    stage('console', 0x10),
    { ...stage('ready by either', 0x60), marker: 'never printed' },
    { ...stage('ready by its line', 0x7f), marker: 'stage: ready' },
  ],
});

defineBoot('a code that never comes', { stages: [stage('never', 0x7e)].map((stage) => ({ ...stage, within: '5s' })) });
`;

const CLONES = `
import { defineSuite } from 'twinboot';

const lines = [{ match: /^test (\\S+): OK/, subtest: 'pass' }, { match: /^test (\\S+): FAILED/, subtest: 'fail' }];

defineSuite('clones', { results: { lines }, cases: { one: { run: 'pass one' }, two: { run: 'pass two' } } });
`;

describe('a kernel that writes to debug ports', () => {
  let project: TestProject;
  let run: Awaited<ReturnType<TestProject['twinboot']>>;

  beforeAll(async () => {
    project = new TestProject({
      'vitest.config.ts': calamityConfig(IMAGES),
      'suites/boot.suite.ts': BOOT,
      'suites/clones.suite.ts': CLONES,
    });
    run = await project.twinboot(['run']);
  });

  afterAll(() => project[Symbol.dispose]());

  const resultsOf = (suite: string, arch: string) =>
    project.results().results.filter((result) => result.suite === suite && result.environment === `calamity/${arch}`);

  describe.each(['x86_64', 'aarch64'])('on %s', (arch) => {
    test('reaches the stages that are declared by code', () => {
      expect(resultsOf('by code', arch).map(({ verdict }) => verdict.kind)).toEqual(['pass', 'pass', 'pass']);
    });

    test('has each code in its results, once, in the order of the boot', () => {
      const codes = resultsOf('by code', arch).flatMap(({ postCodes = [] }) => postCodes);
      expect(codes.map(({ code, range }) => [code, range])).toEqual([
        [0x10, 'firmware'],
        [0x20, 'bootloader'],
        [0x30, 'bootloader'],
        [0x40, 'kernel'],
        [0x50, 'kernel'],
        [0x60, 'userspace'],
      ]);
      const times = codes.map(({ atMs }) => atMs);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(times[0]).toBeGreaterThan(0);
    });

    test('fails a stage whose code never comes, with all that was written as evidence', () => {
      const [never] = resultsOf('a code that never comes', arch);
      expect(never?.verdict).toMatchObject({ kind: 'fail' });
      const ports = project.read(path.join('reports/latest', never?.evidence ?? '', 'ports.txt'));
      expect(ports).toMatch(/^ +\d+\.\d{3} s {2}0x80 {3}0x10 firmware$/m);
      expect(ports).toMatch(/^ +\d+\.\d{3} s {2}0x80 {3}0x60 userspace$/m);
      const hasText = arch === 'x86_64';
      expect(/^ +\d+\.\d{3} s {2}0xe9 {3}ready$/m.test(ports)).toBe(hasText);
      expect(/ s {2}0x402 {2}SeaBIOS /.test(ports)).toBe(hasText);
    });

    test('is cloned all the same', () => {
      expect(resultsOf('clones', arch).map(({ verdict }) => verdict.kind)).toEqual(['pass', 'pass']);
    });
  });

  test('its boots are compared by part in the report', () => {
    expect(run.exitCode).toBe(1);
    const report = project.read('reports/latest/parity.md');
    expect(report).toMatch(/^### Debug port in by code$/m);
    expect(report).toMatch(/^\| bootloader \| .*ms.* \| .*ms.* \|$/m);
    expect(report).toMatch(/^\| 0x60 userspace \| .*m?s.* \| .*m?s.* \|$/m);
  });

  test('is cloned without a word of why not, and leaves nothing', async () => {
    expect(run.stdout).not.toMatch(/cannot be cloned/);
    expect(await leftovers(project)).toEqual([]);
  });
});

describe('twinboot trace ports', () => {
  let project: TestProject;
  const record = '[Debug I/O port: Kernel code 0x40] 0.402744 seconds';

  beforeAll(() => {
    project = new TestProject({
      'ch.log': `cloud-hypervisor: 1ms: DEBUG:vmm/src/vm.rs:510 -- ${record}\r\n`,
      'other.log': 'Linux version 6.1\n',
      'empty.log': '',
    });
    writeFileSync(path.join(project.folder, 'ch.log.gz'), gzipSync(project.read('ch.log')));
  });

  afterAll(() => project[Symbol.dispose]());

  test("tells the timeline in cloud-hypervisor's log", async () => {
    const { stdout, exitCode } = await project.twinboot(['trace', 'ports', 'ch.log']);
    expect([exitCode, stdout.split('\n').at(-1)]).toEqual([0, '0x40 kernel          402.744 ms']);
  });

  test('tells it as JSON', async () => {
    const { stdout } = await project.twinboot(['trace', 'ports', '--json', 'ch.log']);
    expect(JSON.parse(stdout)).toEqual({
      boots: [
        {
          codes: [{ code: 0x40, range: 'kernel', atMs: 402.744 }],
          ranges: [{ range: 'kernel', atMs: 402.744, tookMs: 0 }],
          writes: 1,
        },
      ],
      moreBoots: 0,
      broken: 0,
    });
  });

  test.each([
    ['other.log', /^twinboot: other\.log has 18 B and tells of no write to debug port 0x80\. Expected lines with/],
    ['empty.log', /^twinboot: empty\.log is empty and tells of no write/],
    [
      'ch.log.gz',
      /^twinboot: ch\.log\.gz is compressed with gzip\. `zcat ch\.log\.gz \| twinboot trace ports -` reads it\.$/,
    ],
    ['none.log', /^twinboot: none\.log does not exist$/],
    ['.', /^twinboot: \. is a folder, and no log$/],
  ])('says what is wrong with %s', async (file, message) => {
    const { stderr, exitCode } = await project.twinboot(['trace', 'ports', file]);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
  });
});
