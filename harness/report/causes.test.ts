import { describe, expect, it } from 'vitest';
import { caseResult, environment, runResults } from '../testing/results.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { describeUnblocked } from './causes.ts';
import { buildModel } from './model.ts';

const IDS = ['linux/x86_64', 'linux/aarch64'];
const pass: Verdict = { kind: 'pass' };
const fail = (reason: string): Verdict => ({ kind: 'fail', reason });
const crash: Verdict = { kind: 'crash', cause: 'panic', title: 'deadlock on ext2::root_fs' };

/** What the queue says of a run in which each case has these verdicts, one for each environment. */
function queue(cases: Readonly<Record<string, readonly Verdict[]>>, machines: readonly Record<string, unknown>[] = []) {
  const environments = IDS.map((id, column) => environment(id, machines[column]));
  const results = Object.entries(cases).flatMap(([name, verdicts]) =>
    verdicts.map((verdict, column) => caseResult({ case: name, environment: IDS[column] ?? '', verdict })),
  );
  const [target] = buildModel(runResults({ environments, results })).targets;
  return target?.causes ?? [];
}

const told = (cases: Parameters<typeof queue>[0]) =>
  queue(cases).map((cause) => `${describeUnblocked(cause, ['x86_64', 'aarch64'])}: ${cause.cause}`);

describe('the queue of causes', () => {
  it('has one line for a cause in however many environments, and counts each case once', () => {
    expect(told({ a: [crash, crash], b: [pass, crash], c: [pass, crash] })).toEqual([
      '3 cases (1 on x86_64, 3 on aarch64): crash (panic): deadlock on ext2::root_fs',
    ]);
    expect(told({ a: [crash, crash], b: [crash, crash] })).toEqual([
      '2 cases on x86_64 and aarch64: crash (panic): deadlock on ext2::root_fs',
    ]);
  });

  it('puts first what unblocks most cases, then what does so in most environments', () => {
    const cases = { a: [fail('x'), pass], b: [pass, crash], c: [pass, crash], d: [fail('y'), fail('y')] };
    expect(told(cases)).toEqual([
      '2 cases on aarch64: crash (panic): deadlock on ext2::root_fs',
      '1 case on x86_64 and aarch64: fail: y',
      '1 case on x86_64: fail: x',
    ]);
  });

  it('promises no more than it knows: cases that end alike may have several causes', () => {
    const status = (name: string) => fail(`\`${name}\` ended with status 1`);
    expect(told({ a: [pass, status('a')], b: [pass, status('b')] })).toEqual([
      'up to 2 cases on aarch64: fail: `…` ended with status 1',
    ]);
  });
});

describe('beside a cause', () => {
  const user = { network: { name: 'user', kind: 'user' } };
  const none = { network: { name: 'none', kind: 'none' } };
  const suspects = (cases: Parameters<typeof queue>[0], machines: Parameters<typeof queue>[1]) =>
    queue(cases, machines).map(({ machine }) => machine.map(({ field }) => field));

  it('stands what the failing machine lacks, where the words are about it', () => {
    expect(suspects({ udp_socket_test: [pass, fail('status 1')] }, [user, none])).toEqual([['network']]);
    expect(suspects({ a: [pass, fail('connect: ENETUNREACH')] }, [user, none])).toEqual([['network']]);
    expect(suspects({ a: [pass, fail('errno 101')] }, [user, none])).toEqual([['network']]);
  });

  it('stands nothing where they are not, where the machine that fails has more, or where it fails everywhere', () => {
    expect(suspects({ alarm: [pass, fail('status 1')] }, [user, none])).toEqual([[]]);
    expect(suspects({ udp_test: [pass, fail('status 1')] }, [none, user])).toEqual([[]]);
    expect(suspects({ udp_test: [fail('status 1'), fail('status 1')] }, [user, none])).toEqual([[]]);
    expect(suspects({ udp_test: [pass, fail('status 1')] }, [user, user])).toEqual([[]]);
  });

  it('stands nothing where no kernel has failed', () => {
    expect(
      suspects({ udp_test: [pass, { kind: 'missing', what: 'the image has no `udp_test`' }] }, [user, none]),
    ).toEqual([[]]);
  });

  it('stands a disk that cannot be written, or is not there', () => {
    const disk = { name: 'root', mode: 'overlay', source: 'root.img', interface: 'virtio-blk' };
    const machines = [{ disks: [disk] }, { disks: [{ ...disk, mode: 'readonly' }] }];
    expect(suspects({ a: [pass, fail('open: Read-only file system')] }, machines)).toEqual([['disks.root.mode']]);
    expect(suspects({ a: [pass, fail('errno 30')] }, machines)).toEqual([['disks.root.mode']]);
    expect(suspects({ mount_test: [pass, crash] }, [{ disks: [disk] }, { disks: [] }])).toEqual([['disks.root']]);
  });
});
