import { archNames, parseArch } from '../arch/archs.ts';
import { DeclarationError } from '../errors.ts';
import { expected } from '../expected.ts';
import { isStrictByDefault } from '../strict.ts';
import type { Environment } from '../suite/environment.ts';
import { parseMachines } from './machines-at-once.ts';

/** What a command line chose: among the declared environments, and how they are run. It reaches the configuration through the process environment. */
export interface Selection {
  readonly target?: string | undefined;
  readonly arch?: string | undefined;
  readonly profile?: string | undefined;
  /** How often a case that did not pass is tried again, unless its declaration says. */
  readonly retries?: string | undefined;
  /** How many machines there may be at once. */
  readonly machines?: number | undefined;
  /** Keep the whole interrupt logs of all cases. */
  readonly keepInterrupts?: boolean | undefined;
  /** Leave out the vitest projects that are no environments: the project's unit tests, say. */
  readonly suitesOnly?: boolean | undefined;
  /** What was to be tested and was not makes the run red. Absent: where CI is set. */
  readonly strict?: boolean | undefined;
  /** The baseline to compare with, as a person typed it. */
  readonly baseline?: string | undefined;
  readonly updateBaseline?: boolean | undefined;
  /** The results of an earlier run, by whose durations shards are cut. */
  readonly timings?: string | undefined;
}

const VARIABLES = {
  target: 'TWINBOOT_TARGET',
  arch: 'TWINBOOT_ARCH',
  profile: 'TWINBOOT_PROFILE',
  retries: 'TWINBOOT_RETRIES',
  machines: 'TWINBOOT_MACHINES',
  keepInterrupts: 'TWINBOOT_KEEP_INTERRUPTS',
  suitesOnly: 'TWINBOOT_SUITES_ONLY',
  strict: 'TWINBOOT_STRICT',
  baseline: 'TWINBOOT_BASELINE',
  updateBaseline: 'TWINBOOT_UPDATE_BASELINE',
  timings: 'TWINBOOT_TIMINGS',
} as const;

/** The process environment that carries a selection. */
export function selectionVariables(selection: Selection): Record<string, string> {
  const { strict } = selection;
  const told = { ...selection, strict: strict === undefined ? undefined : Number(strict) };
  return Object.fromEntries(
    Object.entries(VARIABLES)
      .map(([field, variable]) => [variable, told[field as keyof Selection]] as const)
      .filter(([, value]) => value !== undefined && value !== false)
      .map(([variable, value]) => [variable, String(value)]),
  );
}

/** @throws DeclarationError when the number of machines is none. */
export function readSelection(variables: NodeJS.ProcessEnv = process.env): Selection {
  const machines = variables[VARIABLES.machines];
  return {
    target: variables[VARIABLES.target] || undefined,
    arch: variables[VARIABLES.arch] || undefined,
    profile: variables[VARIABLES.profile] || undefined,
    retries: variables[VARIABLES.retries] || undefined,
    machines: machines ? parseMachines(machines) : undefined,
    keepInterrupts: Boolean(variables[VARIABLES.keepInterrupts]),
    suitesOnly: Boolean(variables[VARIABLES.suitesOnly]),
    strict: variables[VARIABLES.strict] ? variables[VARIABLES.strict] !== '0' : isStrictByDefault(variables),
    baseline: variables[VARIABLES.baseline] || undefined,
    updateBaseline: Boolean(variables[VARIABLES.updateBaseline]),
    timings: variables[VARIABLES.timings] || undefined,
  };
}

/** @throws DeclarationError when the selection names what no target has, listing what there is. */
export function selectEnvironments(environments: readonly Environment[], selection: Selection): Environment[] {
  const arch = selection.arch === undefined ? undefined : parseArch('arch', selection.arch);
  const targets = [...new Set(environments.map(({ target }) => target.name))];
  if (selection.target !== undefined && !targets.includes(selection.target)) {
    throw new DeclarationError(expected('target', targets, selection.target));
  }
  const ofTarget = environments.filter(
    ({ target }) => selection.target === undefined || target.name === selection.target,
  );
  const chosen = ofTarget.filter((environment) => arch === undefined || environment.arch === arch);
  if (chosen.length === 0) {
    const present = archNames.filter((name) => ofTarget.some((environment) => environment.arch === name));
    const nobody = selection.target === undefined ? 'no target has an' : `${selection.target} has no`;
    throw new DeclarationError(`arch: ${nobody} image for ${arch}; there are images for ${present.join(', ')}`);
  }
  return chosen;
}

/** The chosen number of retries; `undefined` when none was chosen. @throws DeclarationError when it is no number of times. */
export function selectedRetries({ retries }: Selection): number | undefined {
  if (retries === undefined) return undefined;
  if (!/^\d{1,3}$/.test(retries)) {
    throw new DeclarationError(`retries: expected a whole number from 0 to 999, got ${JSON.stringify(retries)}`);
  }
  return Number(retries);
}
