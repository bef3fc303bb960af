import { type CliOptions, startVitest, type Vitest } from 'vitest/node';
import { createRunDirectory } from '../qemu/reaper.ts';
import { type Selection, selectionVariables } from './selection.ts';

export interface RunOptions extends Selection {
  /** Parts of suite files' paths. */
  readonly files: readonly string[];
  /** A regular expression over `suite case`. */
  readonly casePattern?: string | undefined;
  readonly watch: boolean;
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
  Object.assign(process.env, selectionVariables({ ...options, suitesOnly: true }));
  // What vitest puts aside there goes with the run directories, however this process ends.
  process.env.TMPDIR = createRunDirectory();
  const cli: CliOptions = {
    watch: options.watch,
    run: !options.watch,
    ...(options.config ? { config: options.config } : {}),
    ...(options.casePattern ? { testNamePattern: options.casePattern } : {}),
  };
  const vitest = await start(options.files, cli);
  requireEnvironments(vitest);
  if (options.watch) return new Promise(() => {}); // vitest ends the process when the person does.
  const nothing = vitest.state.getTestModules().length === 0;
  await vitest.close();
  if (nothing)
    throw new RunRefused(
      `No suite file matches ${options.files.map((file) => JSON.stringify(file)).join(' ') || 'the configuration'}: nothing was tested.`,
    );
  return Number(process.exitCode ?? 0);
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
    // Its errors are known by name, not by class.
    if (error instanceof Error && error.name === 'DeclarationError')
      throw new RunRefused(error.message, { cause: error });
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    throw new RunRefused(`The configuration could not be loaded.\n${why}`, { cause: error });
  }
}

/** Without a kernel, vitest takes the folder's unit tests for the suites and is content. */
function requireEnvironments({ projects }: Vitest): void {
  if (projects.some((project) => project.config.provide.twinboot)) return;
  throw new RunRefused(
    "No kernel is declared here: this folder's vitest.config.ts must export what defineKernelConfig returns. No suite was run.",
  );
}
