import { archNames, archSpellings, normaliseArch, normalisePlace } from '../arch/archs.ts';
import { nearest, shown } from '../expected.ts';
import { formatPath, refuse } from './check.ts';
import type { CaseDeclaration, Places, StageDeclaration, SuiteDeclaration } from './declaration.ts';
import { listPlaces } from './places.ts';

interface DeclaredCases {
  readonly cases?: Readonly<Record<string, Pick<CaseDeclaration, 'skip' | 'expectFailure' | 'probes'>>>;
  readonly probes?: SuiteDeclaration['probes'];
  readonly stages?: readonly Pick<StageDeclaration, 'expectFailure'>[];
}

/**
 * Checks the places that a suite or boot names. A skip or a probe on an architecture that the project does not have (yet) is
 * harmless; of a failure that is expected on one, nobody would see that it has gone.
 * @param what Names the declaration in messages: `suite "signals"`.
 * @param environments The ids of all environments that the project may have.
 * @throws DeclarationError naming each place that is not there.
 */
export function checkPlaces(
  what: string,
  { cases = {}, stages = [], probes }: DeclaredCases,
  environments: readonly string[],
): void {
  const known = knownPlaces(environments);
  const orAnyArch = { ...known, archs: archNames };
  const mistakes = [
    ...wrongProbePlaces(['probes'], probes, orAnyArch),
    ...Object.entries(cases).flatMap(([name, { skip, expectFailure, probes }]) => [
      ...wrongPlaces(['cases', name, 'skip'], skip?.on, orAnyArch),
      ...wrongProbePlaces(['cases', name, 'probes'], probes, orAnyArch),
      ...wrongPlaces(['cases', name, 'expectFailure'], expectFailure?.on, known),
    ]),
    ...stages.flatMap(({ expectFailure }, index) =>
      wrongPlaces(['stages', index, 'expectFailure'], expectFailure?.on, known),
    ),
  ];
  if (mistakes.length > 0) refuse(what, mistakes);
}

interface KnownPlaces {
  readonly archs: readonly string[];
  readonly targets: readonly string[];
  readonly environments: readonly string[];
}

function knownPlaces(environments: readonly string[]): KnownPlaces {
  const parts = environments.map((id) => id.split('/'));
  return {
    archs: archNames.filter((name) => parts.some(([, arch]) => arch === name)),
    targets: [...new Set(parts.map(([target = '']) => target))],
    environments,
  };
}

function wrongPlaces(path: readonly PropertyKey[], on: Places | undefined, known: KnownPlaces): string[] {
  const { archs, targets, environments } = known;
  const present = new Set([...archs, ...targets, ...environments]);
  return listPlaces(on ?? [])
    .filter((place) => !present.has(normalisePlace(place)))
    .map((place) => `${formatPath([...path, 'on'])}: ${expectedPlace(place, known)}`);
}

function wrongProbePlaces(
  path: readonly PropertyKey[],
  probes: SuiteDeclaration['probes'] = {},
  known: KnownPlaces,
): string[] {
  return Object.entries(probes).flatMap(([probe, declared]) =>
    declared === 'entry' ? [] : wrongPlaces([...path, probe], declared.on, known),
  );
}

const MOST_LISTED = 8;

function expectedPlace(got: string, { archs, targets, environments }: KnownPlaces): string {
  const spellings = archSpellings.filter((spelling) => archs.some((arch) => arch === normaliseArch(spelling)));
  const near = nearest(got, [...spellings, ...targets, ...environments]);
  const choices = `an architecture (${some(spellings)}), a target (${some(targets)}) or an environment (${some(environments)})`;
  return `expected ${choices}, got ${shown(got)}${near === undefined ? '' : ` (did you mean ${JSON.stringify(near)}?)`}`;
}

function some(words: readonly string[]): string {
  return words.length > MOST_LISTED ? `${words.slice(0, MOST_LISTED).join(', ')}, …` : words.join(', ');
}
