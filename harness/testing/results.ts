import type { CaseResult, EnvironmentFacts, RunResults } from '../report/results.ts';

/** A complete run with nothing in it, for tests to fill. */
export function runResults(parts: Partial<Omit<RunResults, 'schema'>> = {}): RunResults {
  return {
    schema: 'twinboot-results/1',
    run: {
      id: '20260131-1200',
      startedAt: '2026-01-31T12:00:00.000Z',
      durationMs: 63_000,
      harness: '0.1.0',
      host: { os: 'linux', cpus: 2, node: '20.19.0', qemu: { x86_64: '7.2.22', aarch64: '7.2.22' } },
      complete: true,
    },
    environments: [environment('linux/x86_64'), environment('linux/aarch64')],
    results: [],
    floors: [],
    ...parts,
  };
}

/** `target/arch` or `target/arch/profile`. */
export function environment(id: string, machine: EnvironmentFacts['machine'] = {}): EnvironmentFacts {
  const [target = '', arch = ''] = id.split('/');
  return { id, target, arch, accelerator: 'tcg', machine: { arch, cpus: 1, memoryBytes: 2 ** 28, ...machine } };
}

/** A case of the suite `signals` that passes on linux/x86_64, but for what is said otherwise. */
export function caseResult(parts: Partial<CaseResult> = {}): CaseResult {
  return {
    suite: 'signals',
    case: 'alarm_test',
    file: 'suites/signals/signals.test.ts',
    environment: 'linux/x86_64',
    verdict: { kind: 'pass' },
    durationMs: 120,
    subtests: [],
    stages: [],
    notes: [],
    ...parts,
  };
}
