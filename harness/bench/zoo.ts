import os from 'node:os';
import pLimit from 'p-limit';
import { calamity } from '../../fixtures/calamity/target.ts';
import { truthOn, type ZooEntry, zoo } from '../../fixtures/calamity/zoo.ts';
import { type Arch, archNames } from '../arch/archs.ts';
import { DeclarationError } from '../errors.ts';
import { type Investigation, investigate } from '../evidence/investigation.ts';
import type { Machine } from '../machine/machine.ts';
import type { CaseDeclaration, Duration } from '../suite/declaration.ts';
import { type Environment, listEnvironments } from '../suite/environment.ts';
import { SuiteRun } from '../suite/suite-run.ts';
import { formatMillis, type Millis } from '../units.ts';
import type { Benchmark } from './benchmark.ts';
import { type Goal, measuredEntry } from './entry.ts';
import { refuseNotice, repository } from './linux.ts';
import { confusionMatrix, type Sighting, unnamedIn, wrongIn } from './zoo-matrix.ts';

/** What hangs needs no more to be seen so; what computes in silence says itself how much it needs. */
const TIMEOUT: Duration = '10s';
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
      const sightings: Sighting[][] = [];
      const latencies: Millis[] = [];
      const hear = (word: string, latency: Millis) => {
        latencies.push(latency);
        if (latency > JUDGED_WITHIN.atMost)
          tell(`${arch}: ${word} was told ${formatMillis(latency)} after its last sign of life`);
      };
      for (let round = 0; round < rounds; round++) {
        const seen = await visit(arch, hear);
        sightings.push(seen);
        for (const wrong of [...wrongIn(seen), ...unnamedIn(seen)]) tell(`${arch}, round ${round + 1}: ${wrong}`);
      }
      tell(confusionMatrix(`Verdicts over the zoo on ${arch}, ${rounds} rounds`, sightings.flat()));
      const wrong = sightings.map((seen) => wrongIn(seen).length);
      const unnamed = sightings.map((seen) => unnamedIn(seen).length);
      return [
        measuredEntry({ name: name.verdicts, unit: 'wrong', samples: wrong }, { goal: NONE }),
        measuredEntry({ name: name.functions, unit: 'unnamed', samples: unnamed }, { goal: NONE }),
        measuredEntry({ name: name.latency, unit: 'ms', samples: latencies }, { goal: JUDGED_WITHIN }),
      ];
    },
  };
}

/**
 * One round.
 * @param onCertain Hears, of each hang that was told before its time was up, how long after the last sign of life.
 */
async function visit(arch: Arch, onCertain: (word: string, latency: Millis) => void): Promise<Sighting[]> {
  const environment = zooOn(arch);
  const entries = zoo.filter(({ archs = archNames }) => archs.includes(arch));
  const limit = pLimit(os.availableParallelism());
  return limit.map(entries, async (entry) => {
    const declared = declarationOf(entry);
    await using run = new SuiteRun(environment, { cases: { [entry.word]: declared } }, repository);
    let found: Investigation | undefined;
    const { verdict, notes } = await run.run(
      declared,
      async (outcome) => {
        if (!outcome.machine) return;
        found = await investigate(outcome.machine, outcome);
        const latency = silenceOf(outcome.machine);
        if (outcome.verdict.kind === 'hang' && isCertain(entry, arch)) onCertain(entry.word, latency);
      },
      refuseNotice,
    );
    return { entry, truth: truthOn(entry, arch), verdict: found?.verdict ?? verdict, notes };
  });
}

/** Since the last byte that it printed, or its start. */
function silenceOf({ ageMs, consoles }: Machine): Millis {
  return ageMs - Math.max(...consoles.map(({ lastByteAtMs }) => lastByteAtMs));
}

/** What the vCPUs alone prove, or a loop that no interrupt reaches. */
function isCertain(entry: ZooEntry, arch: Arch): boolean {
  const truth = truthOn(entry, arch);
  return truth.kind === 'hang' && (truth.certain === true || truth.how === 'spinning-irqs-off');
}

function declarationOf({ word, cpus, results, timeout = TIMEOUT }: ZooEntry): CaseDeclaration {
  return {
    boot: { append: word, ...(cpus === undefined ? {} : { cpus }) },
    timeout,
    ...(results ? { results } : {}),
  };
}

function zooOn(arch: Arch): Environment {
  const environment = listEnvironments({ targets: [calamity] }).find((candidate) => candidate.arch === arch);
  if (!environment) throw new DeclarationError(`the zoo has no kernel for ${arch}`);
  return environment;
}
