import os from 'node:os';
import path from 'node:path';
import type { ViteUserConfig } from 'vitest/config';
import { checkDeclaration } from '../suite/check.ts';
import type { KernelConfigDeclaration, TargetDeclaration } from '../suite/declaration.ts';
import { listEnvironments, machineOf, possibleEnvironments } from '../suite/environment.ts';
import { configSchema, targetSchema } from '../suite/schema.ts';
import type { SuiteContext } from './context.ts';
import { machinesAtOnce } from './machines-at-once.ts';
import { twinbootPlugin } from './plugin.ts';
import { readSelection, selectEnvironments, selectedRetries } from './selection.ts';

const DEFAULT_SUITES = ['suites/**/*.suite.ts'];

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
  const environments = selectEnvironments(listEnvironments(config, selection.profile), selection);
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
      twinbootPlugin({ reports, environments: environments.map(({ id }) => id), machines }),
    ],
    // A worker mostly waits for its machine, so each processor gets one (vitest alone would leave one idle), and so does
    // each machine.
    test: {
      maxWorkers: Math.max(cores, machines),
      ...own.test,
      projects: [...((!selection.suitesOnly && own.test?.projects) || []), ...projects],
    },
  };
}
