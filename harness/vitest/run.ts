import { existsSync } from 'node:fs';
import { type CliOptions, startVitest, type Vitest } from 'vitest/node';
import { createRunDirectory } from '../qemu/reaper.ts';
import { type Selection, selectionVariables } from './selection.ts';
import { parseShard } from './shard.ts';

export interface RunOptions extends Selection {
  /** Parts of suite files' paths. */
  readonly files: readonly string[];
  /** A regular expression over `suite case`. */
  readonly casePattern?: string | undefined;
  readonly watch: boolean;
  /** `1/3`: only this part of the suite files. */
  readonly shard?: string | undefined;
  /** The configuration file; absent: vitest's own search in the current folder. */
  readonly config?: string | undefined;
}

/** What went wrong before any case could run. */
export class RunRefused extends Error {
  override readonly name = 'RunRefused';
}

/**
 * Runs the suites of the current folder's project through vitest.
 * @returns the exit code, as the reporter set it.
 * @throws RunRefused when the configuration or the choice of cases cannot be meant, or nothing matches.
 */
export async function runSuites(options: RunOptions): Promise<number> {
  requirePattern(options.casePattern);
  const shard = options.shard === undefined ? undefined : parseShard(options.shard);
  requireMeaning(options);
  Object.assign(process.env, selectionVariables({ ...options, suitesOnly: true }));
  // What vitest puts aside there goes with the run directories, however this process ends.
  process.env.TMPDIR = createRunDirectory();
  const cli: CliOptions = {
    watch: options.watch,
    run: !options.watch,
    ...(options.config ? { config: options.config } : {}),
    ...(options.casePattern ? { testNamePattern: options.casePattern } : {}),
    // There may be more shards than suite files, and cases that are chosen may all be in another.
    ...(shard ? { shard: `${shard.index}/${shard.count}`, passWithNoTests: true } : {}),
  };
  const vitest = await start(options.files, cli);
  requireEnvironments(vitest);
  if (options.watch) return new Promise(() => {}); // vitest ends the process when the person does.
  const nothing = vitest.state.getTestModules().length === 0 && !(shard && (await hasFiles(vitest, options.files)));
  await vitest.close();
  if (nothing)
    throw new RunRefused(
      `No suite file matches ${options.files.map((file) => JSON.stringify(file)).join(' ') || 'the configuration'}: nothing was tested.`,
    );
  return Number(process.exitCode ?? 0);
}

async function hasFiles(vitest: Vitest, files: readonly string[]): Promise<boolean> {
  return (await vitest.globTestSpecifications([...files])).length > 0;
}

/** @throws RunRefused for options that contradict each other. */
function requireMeaning({ watch, shard, timings, baseline, updateBaseline }: RunOptions): void {
  if (watch && shard !== undefined) throw new RunRefused('--shard and --watch exclude each other');
  if (watch && baseline !== undefined)
    throw new RunRefused('--baseline and --watch exclude each other: what is run again is but a part');
  if (updateBaseline && baseline === undefined)
    throw new RunRefused('--update-baseline: which one? Name it with --baseline FILE');
  // A project's first run has none.
  if (timings !== undefined && !existsSync(timings))
    console.warn(`twinboot: --timings ${timings} does not exist: shards are cut by the number of suite files.`);
}

function requirePattern(pattern: string | undefined): void {
  try {
    new RegExp(pattern ?? '');
  } catch (error) {
    throw new RunRefused(`-t: expected a regular expression: ${(error as Error).message}`, { cause: error });
  }
}

/** vitest throws only what kept it from starting: the configuration, which runs as a bundle of its own. */
async function start(files: readonly string[], cli: CliOptions): Promise<Vitest> {
  try {
    return await startVitest('test', [...files], cli);
  } catch (error) {
    throw refusalOf(error);
  }
}

/** What kept a configuration from being loaded, for people. */
export function refusalOf(error: unknown): RunRefused {
  // Its errors are known by name, not by class.
  if (error instanceof Error && error.name === 'DeclarationError')
    return new RunRefused(error.message, { cause: error });
  const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new RunRefused(`The configuration could not be loaded.\n${why}`, { cause: error });
}

/** Without a kernel, vitest takes the folder's unit tests for the suites and is content. */
function requireEnvironments({ projects }: Vitest): void {
  if (projects.some((project) => project.config.provide.twinboot)) return;
  throw new RunRefused(
    "No kernel is declared here: this folder's vitest.config.ts must export what defineKernelConfig returns. No suite was run.",
  );
}
