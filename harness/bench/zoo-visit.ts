import os from 'node:os';
import pLimit from 'p-limit';
import { calamity } from '../../fixtures/calamity/target.ts';
import { truthOn, type ZooEntry } from '../../fixtures/calamity/zoo.ts';
import type { Arch } from '../arch/archs.ts';
import { DeclarationError } from '../errors.ts';
import { type Investigation, investigate } from '../evidence/investigation.ts';
import type { Machine } from '../machine/machine.ts';
import type { CaseDeclaration, Duration } from '../suite/declaration.ts';
import { type Environment, listEnvironments } from '../suite/environment.ts';
import { SuiteRun } from '../suite/suite-run.ts';
import type { Millis } from '../units.ts';
import { refuseNotice, repository } from './linux.ts';
import type { Sighting } from './zoo-sightings.ts';

/**
 * Boots each entry's kernel, as many at once as there are cores, and has it judged as a case is.
 * @param timeout For entries that do not say how long they need.
 */
export function visitZoo(arch: Arch, entries: readonly ZooEntry[], timeout: Duration): Promise<Sighting[]> {
  const environment = zooOn(arch);
  const limit = pLimit(os.availableParallelism());
  return limit.map(entries, (entry) => visit(environment, entry, timeout));
}

async function visit(environment: Environment, entry: ZooEntry, timeout: Duration): Promise<Sighting> {
  const declared = declarationOf(entry, timeout);
  await using run = new SuiteRun(environment, { cases: { [entry.word]: declared } }, repository);
  let found: Investigation | undefined;
  let silenceMs: Millis | undefined;
  const { verdict, notes } = await run.run(
    declared,
    async (outcome) => {
      if (!outcome.machine) return;
      found = await investigate(outcome.machine, outcome);
      silenceMs = silenceOf(outcome.machine);
    },
    refuseNotice,
  );
  return { entry, truth: truthOn(entry, environment.arch), verdict: found?.verdict ?? verdict, notes, silenceMs };
}

/** Since the last byte that it printed, or its start. */
function silenceOf({ ageMs, consoles }: Machine): Millis {
  return ageMs - Math.max(...consoles.map(({ lastByteAtMs }) => lastByteAtMs));
}

function declarationOf({ word, cpus, results, timeout }: ZooEntry, otherwise: Duration): CaseDeclaration {
  return {
    boot: { append: word, ...(cpus === undefined ? {} : { cpus }) },
    timeout: timeout ?? otherwise,
    ...(results ? { results } : {}),
  };
}

function zooOn(arch: Arch): Environment {
  const environment = listEnvironments({ targets: [calamity] }).find((candidate) => candidate.arch === arch);
  if (!environment) throw new DeclarationError(`the zoo has no kernel for ${arch}`);
  return environment;
}
