import { type CliOptions, startVitest } from 'vitest/node';
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
 * @throws RunRefused when the configuration cannot be meant or nothing matches.
 */
export async function runSuites(options: RunOptions): Promise<number> {
  Object.assign(process.env, selectionVariables({ ...options, suitesOnly: true }));
  const cli: CliOptions = {
    watch: options.watch,
    run: !options.watch,
    ...(options.config ? { config: options.config } : {}),
    ...(options.casePattern ? { testNamePattern: options.casePattern } : {}),
  };
  const vitest = await start(options.files, cli);
  if (options.watch) return new Promise(() => {}); // vitest ends the process when the person does.
  const nothing = vitest.state.getTestModules().length === 0;
  await vitest.close();
  if (nothing)
    throw new RunRefused(
      `No suite file matches ${options.files.map((file) => JSON.stringify(file)).join(' ') || 'the configuration'}: nothing was tested.`,
    );
  return Number(process.exitCode ?? 0);
}

async function start(files: readonly string[], cli: CliOptions) {
  try {
    return await startVitest('test', [...files], cli);
  } catch (error) {
    // The configuration runs as a bundle of its own: its errors are known by name, not by class.
    if (error instanceof Error && error.name === 'DeclarationError')
      throw new RunRefused(error.message, { cause: error });
    throw error;
  }
}
