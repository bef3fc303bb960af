import { z } from 'zod';
import { DeclarationError } from '../errors.ts';
import { expected } from '../expected.ts';
import { describeIssues, parseJson } from '../json-document.ts';
import { countedClasses } from '../trace/interrupt-count.ts';
import { postRanges } from '../trace/post-codes.ts';
import { type CrashCause, hangKinds, type Verdict } from '../verdict/verdict.ts';

/** The format's name and version. A field that comes or goes is a new version: every object here is closed. */
export const RESULTS_SCHEMA = 'twinboot-results/1';

const millis = z.number().nonnegative();
const count = z.int().nonnegative();
const moment = z.iso.datetime({ offset: true, error: 'expected an ISO 8601 date and time' });

const crashCauses = ['panic', 'reset', 'shutdown', 'guest-panicked', 'exit'] as const satisfies readonly CrashCause[];

const frames = z
  .array(
    z.strictObject({
      address: z.string().exactOptional(),
      function: z.string().exactOptional(),
      offset: count.exactOptional(),
      file: z.string().exactOptional(),
      line: count.exactOptional(),
    }),
  )
  .meta({ description: 'Where code stands, then its callers.' });

const failure = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('fail'), reason: z.string() }),
    z.strictObject({
      kind: z.literal('crash'),
      cause: z.enum(crashCauses),
      title: z.string(),
      frames: frames.exactOptional(),
    }),
    z.strictObject({
      kind: z.literal('hang'),
      how: z.enum(hangKinds),
      waitingFor: z.string(),
      forMs: millis,
      vcpu: count,
      interruptsOn: z.boolean(),
      events: count,
      frames,
    }),
    z.strictObject({ kind: z.literal('timeout'), afterMs: millis, waitingFor: z.string() }),
  ])
  .meta({ id: 'Failure', description: 'A verdict that speaks against the kernel.' });

const expectation = {
  because: z.string(),
  issue: z.string().exactOptional().meta({ description: 'Where it is kept track of.' }),
};

const verdict = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('pass') }),
    ...failure.options,
    z.strictObject({ kind: z.literal('skip'), because: z.string() }),
    z.strictObject({ kind: z.literal('missing'), what: z.string() }),
    z.strictObject({ kind: z.literal('error'), reason: z.string() }),
    z.strictObject({ kind: z.literal('expected-failure'), ...expectation, actual: failure }),
    z.strictObject({
      kind: z.literal('unexpected-pass'),
      ...expectation,
      on: z
        .array(z.string())
        .exactOptional()
        .meta({ description: 'The architectures, targets and environments that the declaration names. Absent: all.' }),
    }),
  ])
  .meta({ id: 'Verdict', description: 'What became of a case in an environment.' });

const shard = z.strictObject({
  index: z.int().positive(),
  count: z.int().positive(),
  cut: z.string().meta({ description: 'The same for shards that were cut alike: together they are the whole.' }),
});

const scope = z
  .strictObject({
    declared: z.array(z.string()).meta({ description: 'The ids of all environments that the configuration declares.' }),
    asked: z.array(z.string()).meta({ description: 'Those that the run was to cover, also where it has no result.' }),
    shard: shard.exactOptional().meta({ description: 'Only a part of their suite files. Absent: all of them.' }),
  })
  .meta({ description: 'What of the whole the run was to do.' });

const ownRun = z.strictObject({
  id: z.string(),
  startedAt: moment,
  durationMs: millis,
  harness: z.string().meta({ description: "Twinboot's version." }),
  host: z.strictObject({
    os: z.string(),
    cpus: count,
    node: z.string(),
    qemu: z.record(z.string(), z.string()).meta({ description: 'QEMU version by architecture.' }),
  }),
  complete: z.boolean().meta({ description: 'False: the run was cut short, and cases may lack a result.' }),
  filter: z.array(z.string()).exactOptional().meta({ description: 'What chose among the cases. Absent: all of them.' }),
  scope: scope.exactOptional(),
  faults: z.array(z.string()).exactOptional().meta({
    description: 'What makes the run red whatever its verdicts are, in sentences: a part of it that is missing, say.',
  }),
  notices: z
    .array(z.string())
    .exactOptional()
    .meta({ description: 'What a reader should know of the run as a whole, each once.' }),
});

const run = ownRun.extend({
  parts: z
    .array(ownRun)
    .exactOptional()
    .meta({ description: 'The runs that were merged into this one. Its own duration is that of the longest.' }),
});

const environment = z.strictObject({
  id: z.string().min(1).meta({
    description: "The target's name, the architecture and, where there are several, the profile: linux/x86_64.",
  }),
  target: z.string().min(1),
  arch: z.string().min(1),
  accelerator: z.string(),
  machine: z.record(z.string(), z.unknown()).meta({ description: 'The resolved profile.' }),
  oracle: z
    .string()
    .min(1)
    .exactOptional()
    .meta({ description: 'The target that is trusted to be right: a case that fails on both is a wrong test.' }),
});

const evidence = z
  .string()
  .exactOptional()
  .meta({ description: "The evidence folder, relative to this file's folder." });

const attempt = z.strictObject({ verdict, durationMs: millis, notes: z.array(z.string()), evidence });

const caseResult = z.strictObject({
  suite: z.string(),
  case: z.string(),
  about: z.string().exactOptional(),
  file: z.string().meta({ description: "The suite file, relative to the project's root, with forward slashes." }),
  line: z
    .int()
    .positive()
    .exactOptional()
    .meta({ description: 'Its line on which the case is declared, from 1. Absent: nobody knows.' }),
  environment: z.string().meta({ description: 'The id of one of the environments.' }),
  verdict,
  durationMs: millis,
  startedAtMs: millis.exactOptional().meta({ description: "Since the run's start." }),
  subtests: z.array(z.strictObject({ name: z.string(), verdict })),
  stages: z
    .array(z.strictObject({ name: z.string(), atMs: millis }))
    .meta({ description: 'Boot stages reached, since the machine was spawned.' }),
  postCodes: z
    .array(z.strictObject({ code: count.max(0xff), range: z.enum(postRanges), atMs: millis }))
    .exactOptional()
    .meta({
      description:
        'The codes that a boot wrote to its debug port (0x80, or what stands for it), each when it first came since the machine was spawned. A stage has those since the stage before. Absent: nobody watched.',
    }),
  interrupts: z.partialRecord(z.enum(countedClasses), count).exactOptional().meta({
    description:
      'How often the kernel took each class of interrupts and exceptions, from the case’s begin to its end; of a boot with stages, with the last one. A class that did not come is not there. Absent: nobody counted.',
  }),
  calls: z
    .array(z.strictObject({ function: z.string(), address: z.string(), calls: count }))
    .exactOptional()
    .meta({
      description:
        'How often the functions that were probed were called, while a command ran or from the boot on. Absent: nobody counted.',
    }),
  notes: z.array(z.string()),
  evidence,
  fingerprint: z
    .string()
    .exactOptional()
    .meta({ description: 'The same for every case that fails of the same cause. Absent where nothing failed.' }),
  attempts: z.array(attempt).min(2).exactOptional().meta({
    description:
      'Every attempt in order, where there was more than one. All else that is said of the case is said of the last.',
  }),
});

const floor = z.strictObject({ suite: z.string(), environment: z.string(), atLeast: count, executed: count });

const resultsSchema = z.strictObject({
  schema: z.literal(RESULTS_SCHEMA),
  run,
  environments: z.array(environment),
  results: z.array(caseResult),
  floors: z
    .array(floor)
    .meta({ description: 'The least number of cases that a suite must execute, and how many it did.' }),
});

type ReadonlyDeep<T> = T extends object ? { readonly [K in keyof T]: ReadonlyDeep<T[K]> } : T;

/** All that is known of one run: the content of results.json. */
export type RunResults = ReadonlyDeep<z.infer<typeof resultsSchema>>;
export type RunFacts = RunResults['run'];
/** A run that is a part of a merged one. */
export type RunPart = NonNullable<RunFacts['parts']>[number];
export type Shard = NonNullable<NonNullable<RunFacts['scope']>['shard']>;
export type EnvironmentFacts = RunResults['environments'][number];
export type CaseResult = RunResults['results'][number];
export type CaseAttempt = NonNullable<CaseResult['attempts']>[number];
export type SuiteFloor = RunResults['floors'][number];

/** The schema's verdict is the judge's, field by field: each change of one must be made to the other. */
type Identical<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
true satisfies Identical<ReadonlyDeep<z.infer<typeof verdict>>, Verdict>;

/**
 * Reads results.json.
 * @throws DeclarationError naming the file and each place in it that is not as it should be.
 */
export function parseResults(text: string, fileName: string): RunResults {
  const value = parseJson(text, fileName);
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined;
  if (schema !== RESULTS_SCHEMA) {
    throw new DeclarationError(
      `${fileName}: ${expected('schema', [RESULTS_SCHEMA], schema)}; only results of this version can be read`,
    );
  }
  const checked = resultsSchema.safeParse(value);
  if (!checked.success) {
    throw new DeclarationError(describeIssues(fileName, value, checked.error.issues), { cause: checked.error });
  }
  checkEnvironmentNames(checked.data, fileName);
  return checked.data;
}

/** The JSON Schema of results.json, for other programs that read it. */
export function resultsJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(resultsSchema);
}

function checkEnvironmentNames({ environments, results, floors }: RunResults, fileName: string): void {
  const ids = new Set<string>();
  for (const [index, { id }] of environments.entries()) {
    if (ids.has(id))
      throw new DeclarationError(`${fileName}: environments[${index}].id: ${JSON.stringify(id)} is there twice`);
    ids.add(id);
  }
  for (const [list, entries] of Object.entries({ results, floors })) {
    const index = entries.findIndex(({ environment }) => !ids.has(environment));
    if (index === -1) continue;
    const field = `${list}[${index}].environment`;
    throw new DeclarationError(`${fileName}: ${expected(field, [...ids], entries[index]?.environment)}`);
  }
}
