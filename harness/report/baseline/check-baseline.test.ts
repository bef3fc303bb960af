import { describe, expect, it } from 'vitest';
import { caseResult, runResults } from '../../testing/results.ts';
import { parseBaseline } from './baseline-text.ts';
import { checkSameSuites } from './check-baseline.ts';

const results = runResults({ results: [caseResult()] });

function check(lines: readonly string[], parts: Partial<typeof results.run> = {}): string {
  const baseline = parseBaseline(['# twinboot-baseline/1', ...lines].join('\n'), 'baseline.txt');
  try {
    checkSameSuites(baseline, 'baseline.txt', { ...results, run: { ...results.run, ...parts } }, 'reports/latest');
  } catch (error) {
    return (error as Error).message;
  }
  return 'no complaint';
}

describe('a slip of the pen in a baseline', () => {
  it('in the name of an environment is found: nothing would ever be compared with it', () => {
    expect(check(['pass linux/x86-64 signals > alarm_test'])).toBe(
      'baseline.txt:2: environment: expected "linux/x86_64" | "linux/aarch64", got "linux/x86-64" (did you mean "linux/x86_64"?)',
    );
  });

  it('in a goal is found', () => {
    expect(check(['goal 90 % aarch46'])).toBe(
      'baseline.txt:2: goal: expected "x86_64" | "linux" | "linux/x86_64" | "aarch64" | "linux/aarch64", got "aarch46" (did you mean "aarch64"?)',
    );
  });

  it('is not what another profile is, which only a command line asks for', () => {
    expect(check(['pass linux/x86_64/smp signals > alarm_test'])).toBe('no complaint');
  });

  it('is not what an environment is that this run leaves out', () => {
    const scope = { declared: ['linux/x86_64', 'linux/aarch64', 'calamity/x86_64'], asked: ['linux/x86_64'] };
    expect(check(['pass calamity/x86_64 a > b', 'goal 50 % calamity'].reverse(), { scope })).toBe('no complaint');
  });
});

describe('a baseline of other suites', () => {
  it('is refused', () => {
    expect(check(['pass linux/x86_64 a > b', 'pass linux/aarch64 a > b'])).toBe(
      'baseline.txt and reports/latest have no case in common (2 and 1 cases): they are of different suites',
    );
  });

  it('is taken where the run was to judge but some of its cases', () => {
    expect(check(['pass linux/x86_64 a > b'], { filter: ['alarm'] })).toBe('no complaint');
  });

  it('is taken when it is new', () => {
    expect(check([])).toBe('no complaint');
  });
});
