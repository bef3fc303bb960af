import { resolveConfig } from 'vitest/node';
import { DeclarationError } from '../errors.ts';
import type { SuiteContext } from './context.ts';
import { RunRefused, refusalOf } from './run.ts';
import { type Selection, selectionVariables } from './selection.ts';

/**
 * The one environment of the current folder's project that a selection means.
 * @param config The configuration file; absent: vitest's own search in the current folder.
 * @throws RunRefused when the configuration or the selection cannot be meant, DeclarationError when it means several.
 */
export async function declaredEnvironment(selection: Selection, config?: string): Promise<SuiteContext> {
  Object.assign(process.env, selectionVariables({ ...selection, suitesOnly: true }));
  const contexts = await readContexts(config);
  const [only] = contexts;
  if (!only)
    throw new RunRefused(
      "No kernel is declared here: this folder's vitest.config.ts must export what defineKernelConfig returns.",
    );
  if (contexts.length === 1) return only;
  const archs = [...new Set(contexts.map(({ environment }) => environment.arch))];
  const ids = contexts.map(({ environment }) => environment.id).join(', ');
  throw new DeclarationError(
    archs.length > 1
      ? `--arch: expected one of ${archs.join(', ')}: ${only.environment.target.name} has an image for each`
      : `--profile: expected the one that is meant: there are ${ids}`,
  );
}

/** What is wrong is told once, by whoever asked. */
const SILENTLY = { logLevel: 'silent' } as const;

async function readContexts(config: string | undefined): Promise<SuiteContext[]> {
  try {
    const { vitestConfig } = await resolveConfig(config === undefined ? {} : { config }, SILENTLY);
    return (vitestConfig.projects ?? []).flatMap((project) => {
      const test = typeof project === 'object' && 'test' in project ? project.test : undefined;
      const context = test?.provide?.twinboot;
      return context ? [context] : [];
    });
  } catch (error) {
    throw refusalOf(error);
  }
}
