import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { linux } from '../../fixtures/linux/target.ts';
import { Deadline, type Millis } from '../units.ts';
import { listEnvironments } from './environment.ts';
import { planMachine } from './plan.ts';
import type { Seat } from './seat.ts';
import { Seats } from './seats.ts';

const PROJECT = path.resolve(import.meta.dirname, '../..');
const MACHINES = 3;
/** A bound for a machine that hangs. */
const ENDS_WITHIN: Millis = 120_000;

describe.each(listEnvironments({ targets: [linux] }))('clones of $id that run at the same time', (environment) => {
  const cache = mkdtempSync(path.join(tmpdir(), 'twinboot-seats-'));
  const taken: Seat[] = [];

  beforeAll(async () => {
    vi.stubEnv('TWINBOOT_CACHE', cache);
    const { shell } = environment.target;
    if (!shell) throw new TypeError('Linux has a shell');
    const seats = new Seats(environment, shell, 'clone');
    const plan = planMachine(environment, { network: 'user', disks: ['scratch'] }, PROJECT);
    const outcomes = await Promise.all(Array.from({ length: MACHINES }, () => seats.take(plan, expect.fail)));
    taken.push(...outcomes.filter((outcome) => outcome.kind === 'ready'));
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(MACHINES).fill('ready'));
  });

  afterAll(async () => {
    await Promise.all(taken.map(({ machine }) => machine.stop()));
    vi.unstubAllEnvs();
    rmSync(cache, { recursive: true });
  });

  /** Runs a command on every machine at once. */
  const runOnAll = (commandFor: (machine: number) => string) =>
    Promise.all(
      taken.map(async ({ session }, machine) => {
        const outcome = await session.run(commandFor(machine), { deadline: Deadline.after(ENDS_WITHIN) });
        const status = outcome.kind === 'finished' ? outcome.status : outcome.kind;
        return { status, output: outcome.output.map(({ text }) => text) };
      }),
    );

  test('keep what each of them writes to memory, to a disk and to the kernel', async () => {
    const written = await runOnAll((machine) => {
      const name = `machine-${machine}`;
      return `echo ${name} | tee /tmp/name | dd of=/dev/vda conv=fsync && hostname ${name}`;
    });
    expect(written.map(({ status }) => status)).toEqual(Array(MACHINES).fill(0));
    const read = await runOnAll(() => 'cat /tmp/name; head -n 1 /dev/vda; hostname');
    for (const [machine, { output }] of read.entries())
      expect(output.filter((line) => line.startsWith('machine-'))).toEqual(Array(3).fill(`machine-${machine}`));
  });

  test.for(['tcp_echo_test', 'tcp_many_test', 'udp_echo_test', 'http_test'])(
    'each have the harness on a network of their own: %s',
    async (program) => {
      const outcomes = await runOnAll(() => program);
      for (const { status, output } of outcomes) expect(status, output.join('\n')).toBe(0);
    },
  );

  test('go on when one of them dies', async () => {
    const outcomes = await runOnAll((machine) => (machine === 0 ? 'poweroff' : 'sleep 1'));
    expect(outcomes.map(({ status }) => status)).toEqual(['closed', 0, 0]);
  });
});
