import type { Arch } from '../arch/archs.ts';
import { EnvironmentError } from '../errors.ts';
import { SuiteRun } from '../suite/suite-run.ts';
import { type Millis, monotonicMs } from '../units.ts';
import type { Benchmark } from './benchmark.ts';
import { type Entry, type Goal, type Measurement, measuredEntry } from './entry.ts';
import { Footprint } from './footprint.ts';
import { linuxOn, refuseNotice, repository } from './linux.ts';

const SIZES = [10, 100, 1_000] as const;

/** Of live memory. Code that is compiled as it gets hot takes a few percent; 2 KiB kept of each of a thousand cases would be too much. */
const MEMORY_GROWTH: Goal = { of: 'ratio', atMost: 1.1 };
const NO_MORE: Goal = { of: 'ratio', atMost: 1, exact: true };
const NONE: Goal = { of: 'max', atMost: 0, exact: true };

/** Suites of more and more cases that do nothing, one case after the other, each on a clone: what grows with their number? */
export function casesBenchmark(arch: Arch): Benchmark {
  const namesOf = (size: number) => ({
    time: `cases-${size}/${arch}`,
    memory: `cases-${size}-memory/${arch}`,
    resident: `cases-${size}-resident/${arch}`,
    files: `cases-${size}-files/${arch}`,
    left: `cases-${size}-left/${arch}`,
  });
  return {
    names: SIZES.flatMap((size) => Object.values(namesOf(size))),
    run: async ({ wants }) => {
      const largest = SIZES.findLast((size) => Object.values(namesOf(size)).some(wants)) ?? 0;
      const entries: Entry[] = [];
      const footprint = new Footprint();
      await runCases(arch, 1); // Makes the template, and loads what is loaded once.
      footprint.settle();
      let smaller: Costs | undefined;
      for (const size of SIZES.filter((candidate) => candidate <= largest)) {
        const costs = await measure(arch, size, namesOf(size), footprint);
        entries.push(...entriesOf(costs, smaller));
        smaller = costs;
      }
      return entries;
    },
  };
}

type Costs = Readonly<Record<'time' | 'memory' | 'resident' | 'files' | 'left', Measurement>>;

async function measure(
  arch: Arch,
  size: number,
  names: Readonly<Record<keyof Costs, string>>,
  footprint: Footprint,
): Promise<Costs> {
  const resident: number[] = [];
  const times = await runCases(arch, size, () => resident.push(process.memoryUsage.rss() / 2 ** 20));
  return {
    time: { name: names.time, unit: 'ms/case', samples: times },
    resident: { name: names.resident, unit: 'MiB', samples: resident },
    memory: { name: names.memory, unit: 'MiB', samples: [footprint.liveBytes() / 2 ** 20] },
    files: { name: names.files, unit: 'files', samples: [footprint.openFiles()] },
    left: { name: names.left, unit: 'left', samples: [footprint.left().length] },
  };
}

function entriesOf({ time, resident, memory, files, left }: Costs, smaller: Costs | undefined): Entry[] {
  return [
    measuredEntry(time, smaller && { against: smaller.time }),
    measuredEntry(memory, smaller && { against: smaller.memory, goal: MEMORY_GROWTH }),
    measuredEntry(resident, smaller && { against: smaller.resident }),
    measuredEntry(files, smaller && { against: smaller.files, goal: NO_MORE }),
    measuredEntry(left, { goal: NONE }),
  ];
}

/** @returns how long each case took, from the end of the one before. */
async function runCases(arch: Arch, count: number, look: () => void = () => {}): Promise<Millis[]> {
  const { environment } = linuxOn(arch);
  const trivial = { run: 'true' };
  await using run = new SuiteRun(environment, { isolation: 'clone', cases: { trivial } }, repository);
  const times: Millis[] = [];
  for (let index = 0; index < count; index++) {
    const startedAt = monotonicMs();
    const { verdict } = await run.run(trivial, async () => {}, refuseNotice);
    times.push(monotonicMs() - startedAt);
    look();
    if (verdict.kind !== 'pass')
      throw new EnvironmentError(`case ${index + 1} of ${count}: ${JSON.stringify(verdict)}`);
  }
  return times;
}
