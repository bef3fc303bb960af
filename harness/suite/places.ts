import { normalisePlace } from '../arch/archs.ts';
import type { Places } from './declaration.ts';
import type { Environment } from './environment.ts';

/** Whether one of the places is, or holds, the environment. None given: everywhere. */
export function holdsIn(on: Places | undefined, { id, arch, target }: Environment): boolean {
  if (on === undefined) return true;
  return listPlaces(on).some((place) => [arch, target.name, id].includes(normalisePlace(place)));
}

export function listPlaces(on: Places): readonly string[] {
  return typeof on === 'string' ? [on] : on;
}
