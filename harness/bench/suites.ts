import type { Arch } from '../arch/archs.ts';
import type { Isolation } from '../suite/declaration.ts';
import type { Benchmark } from './benchmark.ts';
import { comparisonEntry, type Measurement, measuredEntry } from './entry.ts';
import { interleave } from './interleave.ts';
import { SuiteProject } from './suite-project.ts';

const ROUNDS = 3;
const SUITES = ['signals', 'fork', 'exec'] as const;

/** Whole suites by the command, their cases on cloned machines, on a shared one, and each on a boot of its own. */
export function suitesBenchmark(arch: Arch): Benchmark {
  const name = {
    fresh: `suites-fresh/${arch}`,
    shared: `suites-shared/${arch}`,
    clone: `suites-clone/${arch}`,
    comparison: `suites-cloned-vs-fresh/${arch}`,
  } as const;
  return {
    names: Object.values(name),
    run: async ({ rounds = ROUNDS }) => {
      using project = new SuiteProject(SUITES);
      await project.warmUp(arch);
      const run = (isolation: Isolation) => () => project.run(arch, isolation);
      const quick = { clone: run('clone'), shared: run('shared') };
      // A boot for each case takes minutes.
      const slow = Math.ceil(rounds / 3);
      const first = await interleave(slow, { ...quick, fresh: run('fresh') });
      const rest = await interleave(rounds - slow, quick);
      const seconds = (isolation: Isolation, samples: readonly number[]): Measurement => ({
        name: name[isolation],
        unit: 's',
        samples: samples.map((ms) => ms / 1_000),
      });
      const fresh = seconds('fresh', first.fresh);
      const shared = seconds('shared', [...first.shared, ...rest.shared]);
      const clone = seconds('clone', [...first.clone, ...rest.clone]);
      return [
        measuredEntry(fresh),
        measuredEntry(shared, { against: fresh }),
        measuredEntry(clone, { against: fresh }),
        comparisonEntry(name.comparison, clone, fresh),
      ];
    },
  };
}
