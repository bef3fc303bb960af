import type { CaseDeclaration, ProbeDeclaration, SuiteDeclaration } from './declaration.ts';
import type { Environment } from './environment.ts';
import { holdsIn } from './places.ts';

/** By symbol or glob. */
export type DeclaredProbes = { readonly [probe: string]: ProbeDeclaration };

/** A case's probes in one environment: its own, and its suite's where it does not say otherwise. */
export function probesOf(
  environment: Environment,
  suite: Pick<SuiteDeclaration, 'probes'>,
  declared: Pick<CaseDeclaration, 'probes'>,
): DeclaredProbes {
  const all = Object.entries({ ...suite.probes, ...declared.probes });
  return Object.fromEntries(all.filter(([, probe]) => probe === 'entry' || holdsIn(probe.on, environment)));
}
