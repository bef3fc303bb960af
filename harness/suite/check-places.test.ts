import { describe, expect, test } from 'vitest';
import { DeclarationError } from '../errors.ts';
import { checkPlaces } from './check-places.ts';
import type { Places } from './declaration.ts';

const BOTH = ['mykernel/x86_64', 'mykernel/x86_64/smp', 'mykernel/aarch64', 'mykernel/aarch64/smp'];
const ONE = ['mykernel/x86_64', 'mykernel/x86_64/smp'];

/** The message that refuses it; `fine` when it is accepted. */
function check(declared: Parameters<typeof checkPlaces>[1], environments: readonly string[] = BOTH): string {
  try {
    checkPlaces('it', declared, environments);
    return 'fine';
  } catch (error) {
    expect(error).toBeInstanceOf(DeclarationError);
    return (error as Error).message;
  }
}

const failing = (on: Places, environments?: readonly string[]) =>
  check({ cases: { 'alarm() fires': { expectFailure: { on, because: 'x' } } } }, environments);
const skipped = (on: Places, environments?: readonly string[]) =>
  check({ cases: { ls: { skip: { on, because: 'x' } } } }, environments);

describe('a failure is expected', () => {
  test.each<Places>([
    'aarch64',
    'arm64',
    'AMD64',
    'mykernel',
    'mykernel/x86_64',
    'mykernel/arm64/smp',
    ['x86_64', 'mykernel/arm64'],
  ])('on %j', (on) => {
    expect(failing(on)).toBe('fine');
  });

  test('not on what is misspelt', () => {
    expect(failing('aarch46')).toBe(
      'it: cases."alarm() fires".expectFailure.on: expected an architecture (x86_64, amd64, x86-64, x64, aarch64, arm64, armv8), a target (mykernel) or an environment (mykernel/x86_64, mykernel/x86_64/smp, mykernel/aarch64, mykernel/aarch64/smp), got "aarch46" (did you mean "aarch64"?)',
    );
    expect(failing('mykernle')).toMatch(/got "mykernle" \(did you mean "mykernel"\?\)$/);
    expect(failing(['x86_64', 'mykernel/aarch64/spm'])).toMatch(/\(did you mean "mykernel\/aarch64\/smp"\?\)$/);
  });

  test('not on an architecture that the project does not have: nobody would see it pass', () => {
    expect(failing('aarch64', ONE)).toMatch(
      /^it: cases\."alarm\(\) fires"\.expectFailure\.on: expected an architecture \(x86_64, [^)]*\), .* got "aarch64"$/,
    );
  });

  test('of a boot stage not either', () => {
    const stages = [{}, { expectFailure: { because: 'x', on: 'mips' } }];
    expect(check({ stages })).toMatch(/^it: stages\[1\]\.expectFailure\.on: expected an architecture \(/);
  });
});

describe('a case is skipped', () => {
  test('also on an architecture that the project does not have yet', () => {
    expect(skipped('arm64', ONE)).toBe('fine');
  });

  test('not on one that does not exist', () => {
    expect(skipped('aarch46')).toMatch(
      /^it: cases\.ls\.skip\.on: expected an architecture \(x86_64, .*, got "aarch46" \(did you mean "aarch64"\?\)$/,
    );
  });
});

test('every mistake is told', () => {
  expect(failing(['mips', 'x86_64', 'sparc']).split('\n')).toHaveLength(2);
});

test('a project of many environments is not listed in full', () => {
  const many = Array.from({ length: 40 }, (_, index) => `kernel${index}/x86_64`);
  expect(failing('mips', many).length).toBeLessThan(600);
});

test('what names no place is fine', () => {
  expect(check({ cases: { ls: {}, rm: { skip: { because: 'x' }, expectFailure: { because: 'y' } } } })).toBe('fine');
});

test('a probe is of an architecture that the project may yet have, and of no place that is misspelt', () => {
  const probed = (on: Places) => ({
    probes: { fork: 'entry', 'sys_*': { min: 1, on } } as const,
    cases: { ls: { probes: { exit: { max: 0, on } } } },
  });
  expect(check(probed('arm64'), ONE)).toBe('fine');
  expect(check(probed('mykernl'))).toMatch(
    /^it: probes\."sys_\*"\.on: expected .*\(did you mean "mykernel"\?\)\n {2}cases\.ls\.probes\.exit\.on: expected /,
  );
});
