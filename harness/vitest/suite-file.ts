import path from 'node:path';
import { expect, inject } from 'vitest';
import { DeclarationError } from '../errors.ts';
import type { SuiteContext } from './context.ts';
import type { LiveAddress } from './live-message.ts';
import type { BudgetAddress } from './machine-budget.ts';

/** The suite file that is being loaded, and where it runs. */
export interface SuiteFile {
  readonly context: SuiteContext;
  readonly budget: BudgetAddress;
  /** Where to tell of its cases while they run. */
  readonly live: LiveAddress;
  /** Relative to the project's root, with forward slashes. */
  readonly path: string;
  /** A name pattern chose among the tests. */
  readonly filtered: boolean;
  /** How often a case is tried again that says nothing of it: vitest's `retry`, which `twinboot run --retries` sets. */
  readonly retries: number;
}

// A worker whose runner was killed would go on booting machines for nobody.
if (process.connected) process.once('disconnect', () => process.exit(1));

/** @throws DeclarationError outside of a project that defineKernelConfig made. */
export function suiteFile(): SuiteFile {
  const context: SuiteContext | undefined = inject('twinboot');
  if (!context) {
    throw new DeclarationError(
      'This suite file runs outside of an environment: vitest.config.ts must be made by defineKernelConfig, and no other project may include suite files.',
    );
  }
  return {
    context,
    budget: inject('twinbootBudget'),
    live: inject('twinbootLive'),
    path: currentFile(context.root),
    filtered: namePattern() !== undefined,
    retries: retries(),
  };
}

interface WorkerState {
  readonly filepath?: string;
  readonly config?: { readonly testNamePattern?: RegExp; readonly retry?: number | { readonly count?: number } };
}

/** vitest's own state of this worker: the only place that tells a file's name and the run's options while it is loaded. */
function workerState(): WorkerState {
  return (globalThis as { __vitest_worker__?: WorkerState }).__vitest_worker__ ?? {};
}

function namePattern(): RegExp | undefined {
  return workerState().config?.testNamePattern;
}

function retries(): number {
  const retry = workerState().config?.retry;
  return (typeof retry === 'object' ? retry.count : retry) ?? 0;
}

function currentFile(root: string): string {
  const file = expect.getState().testPath ?? workerState().filepath ?? '';
  return path.relative(root, file).split(path.sep).join('/');
}
