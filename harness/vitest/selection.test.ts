import { describe, expect, test } from 'vitest';
import { DeclarationError } from '../errors.ts';
import type { TargetDeclaration } from '../suite/declaration.ts';
import { listEnvironments } from '../suite/environment.ts';
import { readSelection, type Selection, selectEnvironments, selectedRetries, selectionVariables } from './selection.ts';

const kernel = { from: 'kernel', kernel: 'k' } as const;
const targets: TargetDeclaration[] = [
  { name: 'linux', images: { x86_64: kernel, aarch64: kernel } },
  { name: 'calamity', images: { x86_64: kernel } },
];
const environments = listEnvironments({ targets });

function select(selection: Selection, among = environments): string[] {
  return selectEnvironments(among, selection).map(({ id }) => id);
}

describe('a selection', () => {
  test.each<[Selection, string[]]>([
    [{}, ['linux/x86_64', 'linux/aarch64', 'calamity/x86_64']],
    [{ target: 'linux' }, ['linux/x86_64', 'linux/aarch64']],
    [{ arch: 'x86_64' }, ['linux/x86_64', 'calamity/x86_64']],
    [{ arch: 'amd64' }, ['linux/x86_64', 'calamity/x86_64']],
    [{ arch: 'ARM64' }, ['linux/aarch64']],
    [{ target: 'calamity', arch: 'x86_64' }, ['calamity/x86_64']],
  ])('%j chooses %j', (selection, ids) => {
    expect(select(selection)).toEqual(ids);
  });

  test.each<[Selection, string]>([
    [{ target: 'linx' }, 'target: expected "linux" | "calamity", got "linx" (did you mean "linux"?)'],
    [{ target: 'calamity', arch: 'arm64' }, 'arch: calamity has no image for aarch64; there are images for x86_64'],
  ])('%j chooses nothing, and says what there is', (selection, message) => {
    expect(() => select(selection)).toThrow(new DeclarationError(message));
  });

  test('of an architecture that no target has says so', () => {
    const among = environments.filter(({ arch }) => arch === 'x86_64');
    expect(() => select({ arch: 'arm64' }, among)).toThrow(
      new DeclarationError('arch: no target has an image for aarch64; there are images for x86_64'),
    );
  });

  test('of an architecture that does not exist is a mistake of the command line', () => {
    expect(() => select({ arch: 'aarch46' })).toThrow(/^arch: expected .* \(did you mean "aarch64"\?\)$/);
  });
});

describe('the retries of a selection', () => {
  test.each([
    [undefined, undefined],
    ['0', 0],
    ['3', 3],
    ['12', 12],
  ])('%j are %j', (retries, times) => {
    expect(selectedRetries({ retries })).toBe(times);
  });

  test.each(['-1', '1.5', 'many', '1e3', ' 2', '0x2', '100000'])('%j are none that can be meant', (retries) => {
    expect(() => selectedRetries({ retries })).toThrow(
      new DeclarationError(`retries: expected a whole number from 0 to 999, got ${JSON.stringify(retries)}`),
    );
  });
});

describe('on its way through the process environment', () => {
  const nothing = {
    target: undefined,
    arch: undefined,
    profile: undefined,
    machines: undefined,
    retries: undefined,
    keepInterrupts: false,
    suitesOnly: false,
    strict: false,
    baseline: undefined,
    updateBaseline: false,
    timings: undefined,
  };

  test.each<Selection>([
    {},
    { target: 'linux' },
    { target: 'linux', arch: 'arm64', profile: 'smp', machines: 8, suitesOnly: true },
    { suitesOnly: true },
    { retries: '2' },
    { keepInterrupts: true },
    { strict: true },
    { baseline: 'baseline.txt', updateBaseline: true, timings: 'reports/latest' },
  ])('%j stays what it is', (selection) => {
    const read = readSelection(selectionVariables(selection));
    expect(read).toEqual({ ...nothing, ...selection });
  });

  test('nothing chosen leaves no variable', () => {
    expect(selectionVariables({ target: undefined, suitesOnly: false })).toEqual({});
  });

  test('an empty variable chooses nothing', () => {
    const read = readSelection({
      TWINBOOT_TARGET: '',
      TWINBOOT_ARCH: '',
      TWINBOOT_PROFILE: '',
      TWINBOOT_MACHINES: '',
      TWINBOOT_RETRIES: '',
      TWINBOOT_KEEP_INTERRUPTS: '',
      TWINBOOT_SUITES_ONLY: '',
      TWINBOOT_STRICT: '',
      TWINBOOT_BASELINE: '',
      TWINBOOT_UPDATE_BASELINE: '',
      TWINBOOT_TIMINGS: '',
    });
    expect(read).toEqual(nothing);
  });

  test.each([
    [{ CI: 'true' }, true],
    [{ CI: '1' }, true],
    [{ CI: 'false' }, false],
    [{ CI: '0' }, false],
    [{ CI: '' }, false],
    [{}, false],
    [{ CI: 'true', ...selectionVariables({ strict: false }) }, false],
    [selectionVariables({ strict: true }), true],
  ])('%j is strict: %j', (variables, strict) => {
    expect(readSelection(variables).strict).toBe(strict);
  });

  test('a number of machines that is none is refused', () => {
    expect(() => readSelection({ TWINBOOT_MACHINES: 'many' })).toThrow(
      new DeclarationError('machines: expected a whole number above 0, got "many"'),
    );
  });
});
