import { entriesOn } from '../../fixtures/calamity/zoo.ts';
import type { Arch } from '../arch/archs.ts';
import type { Duration } from '../suite/declaration.ts';
import { formatMillis } from '../units.ts';
import type { Benchmark } from './benchmark.ts';
import { type Goal, measuredEntry } from './entry.ts';
import { certainHangs, confusionMatrix, type Sighting, unnamedIn, wrongIn } from './zoo-sightings.ts';
import { visitZoo } from './zoo-visit.ts';

/** What hangs needs no more to be seen so; what computes in silence says itself how much it needs. */
const TIMEOUT: Duration = '6s';
const NONE: Goal = { of: 'max', atMost: 0, exact: true };
const JUDGED_WITHIN: Goal = { of: 'max', atMost: 5_000 };

/** Kernels whose faults are known, all of them, several at once: is each verdict right, and how soon is a certain hang told? */
export function zooBenchmark(arch: Arch): Benchmark {
  const name = {
    verdicts: `zoo-verdicts/${arch}`,
    functions: `zoo-functions/${arch}`,
    latency: `hang-latency/${arch}`,
  } as const;
  return {
    names: Object.values(name),
    run: async ({ rounds = 1, tell }) => {
      const visits: Sighting[][] = [];
      for (let round = 1; round <= rounds; round++) {
        const seen = await visitZoo(arch, entriesOn(arch), TIMEOUT);
        visits.push(seen);
        for (const trouble of [...wrongIn(seen), ...unnamedIn(seen), ...lateIn(seen)])
          tell(`${arch}, round ${round}: ${trouble}`);
      }
      tell(confusionMatrix(`Verdicts over the zoo on ${arch}, ${rounds} rounds`, visits.flat()));
      const wrong = visits.map((seen) => wrongIn(seen).length);
      const unnamed = visits.map((seen) => unnamedIn(seen).length);
      const latencies = visits.flatMap((seen) => certainHangs(seen).map(({ silenceMs = 0 }) => silenceMs));
      return [
        measuredEntry({ name: name.verdicts, unit: 'wrong', samples: wrong }, { goal: NONE }),
        measuredEntry({ name: name.functions, unit: 'unnamed', samples: unnamed }, { goal: NONE }),
        measuredEntry({ name: name.latency, unit: 'ms', samples: latencies }, { goal: JUDGED_WITHIN }),
      ];
    },
  };
}

function lateIn(sightings: readonly Sighting[]): string[] {
  return certainHangs(sightings)
    .filter(({ silenceMs = 0 }) => silenceMs > JUDGED_WITHIN.atMost)
    .map(({ entry, silenceMs = 0 }) => `${entry.word} was told ${formatMillis(silenceMs)} after its last sign of life`);
}
