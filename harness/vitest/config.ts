import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ViteUserConfig } from 'vitest/config';
import { escapeRegExp } from '../console/patterns.ts';
import { type BaselineRequest, readBaseline } from '../report/baseline/baseline-file.ts';
import { checkPlaces } from '../report/baseline/check-baseline.ts';
import { readResults } from '../report/read.ts';
import { timingsOf } from '../report/timings.ts';
import { checkDeclaration } from '../suite/check.ts';
import type { KernelConfigDeclaration, TargetDeclaration } from '../suite/declaration.ts';
import { type Environment, listEnvironments, machineOf, possibleEnvironments } from '../suite/environment.ts';
import { configSchema, targetSchema } from '../suite/schema.ts';
import type { SuiteContext } from './context.ts';
import { machinesAtOnce } from './machines-at-once.ts';
import { type PluginOptions, twinbootPlugin } from './plugin.ts';
import { readSelection, type Selection, selectEnvironments, selectedRetries } from './selection.ts';

const DEFAULT_SUITES = ['suites/**/*.suite.ts'];
/** Compiled, they run as they are, also where a link (npm link, a workspace) leads to them from node_modules. */
const OWN_MODULES = import.meta.url.endsWith('.js')
  ? [new RegExp(`^${escapeRegExp(path.dirname(import.meta.dirname))}/`)]
  : [];

/** Checks a target and returns it. @throws DeclarationError naming each field that cannot be meant. */
export function defineTarget(target: TargetDeclaration): TargetDeclaration {
  return checkDeclaration(`target ${JSON.stringify(target.name)}`, targetSchema, target);
}

/**
 * A vitest configuration with one project for each environment of the declared targets.
 * @param own The project's own vitest configuration: its projects (unit tests, say) stand beside the environments.
 * @throws DeclarationError naming each field that cannot be meant.
 */
export function defineKernelConfig(declared: KernelConfigDeclaration, own: ViteUserConfig = {}): ViteUserConfig {
  const checked = checkDeclaration('defineKernelConfig', configSchema, declared);
  const root = path.resolve(own.root ?? own.test?.root ?? process.cwd());
  const reports = path.resolve(root, checked.reports ?? 'reports', 'latest');
  const selection = readSelection();
  const config = selection.keepInterrupts ? { ...checked, keepInterrupts: 'all' as const } : checked;
  const all = listEnvironments(config, selection.profile);
  const environments = selectEnvironments(all, selection);
  const possible = possibleEnvironments(config);
  const retries = selectedRetries(selection);
  const cores = os.availableParallelism();
  const guestBytes = Math.max(...environments.map((environment) => machineOf(environment, {}).memoryBytes));
  const machines =
    selection.machines ??
    config.machinesAtOnce ??
    machinesAtOnce({ cores, freeBytes: process.availableMemory(), guestBytes });
  const projects = environments.map((environment) => {
    const twinboot: SuiteContext = { environment, possible, root, reports };
    return {
      extends: true as const,
      test: {
        name: environment.id,
        include: [...(environment.target.suites ?? config.suites ?? DEFAULT_SUITES)],
        provide: { twinboot },
        // Reports and CI systems point at the line of a case.
        includeTaskLocation: true,
        // Cases wait for the machine budget, which spans all files; vitest's own limit is for each file alone.
        maxConcurrency: machines,
        // Node closes what a thread has opened when the thread ends, by number: streams of others by then.
        pool: 'forks' as const,
        // Machines have deadlines of their own, with a diagnosis at the end; vitest's would cut it off.
        testTimeout: 0,
        hookTimeout: 0,
        ...(retries === undefined ? {} : { retry: retries }),
      },
    };
  });
  return {
    ...own,
    plugins: [
      ...(own.plugins ?? []),
      twinbootPlugin({
        reports,
        environments: environments.map(({ id }) => id),
        declared: all.map(({ id }) => id),
        machines,
        strict: selection.strict ?? false,
        baseline: baselineRequest(selection, all),
        timeOf: timings(selection),
      }),
    ],
    // A worker mostly waits for its machine, so each processor gets one (vitest alone would leave one idle), and so does
    // each machine.
    test: {
      maxWorkers: Math.max(cores, machines),
      ...own.test,
      server: withExternal(OWN_MODULES, own.test?.server),
      projects: [...((!selection.suitesOnly && own.test?.projects) || []), ...projects],
    },
  };
}

/** A baseline that cannot be meant is told before anything is booted. @throws DeclarationError naming its line. */
function baselineRequest(
  { baseline: file, updateBaseline: update = false }: Selection,
  declared: readonly Environment[],
): BaselineRequest | undefined {
  if (file === undefined) return undefined;
  const known = declared.map(({ id, arch, target }) => ({ id, arch, target: target.name }));
  checkPlaces(readBaseline({ file, update }), file, known);
  return { file, update };
}

/** The first run of a project has none before it. */
function timings({ timings: name }: Selection): PluginOptions['timeOf'] {
  return name !== undefined && existsSync(name) ? timingsOf(readResults(name).results) : () => undefined;
}

type ServerOptions = NonNullable<NonNullable<ViteUserConfig['test']>['server']>;

function withExternal(modules: readonly RegExp[], server: ServerOptions = {}): ServerOptions {
  return { ...server, deps: { ...server.deps, external: [...(server.deps?.external ?? []), ...modules] } };
}
