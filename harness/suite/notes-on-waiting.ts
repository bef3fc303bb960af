import { type Deadline, formatMillis, type Millis } from '../units.ts';
import type { Verdict } from '../verdict/verdict.ts';

/** Less than this explains nothing to anyone. */
const WORTH_TELLING: Millis = 1_000;

/** Why a case that ran out of time took longer than the time that it was given. */
export function notesOnWaiting({ kind }: Verdict, { excused }: Pick<Deadline, 'excused'>): string[] {
  if (kind !== 'timeout' || excused < WORTH_TELLING) return [];
  return [`the host kept the machine waiting for a CPU for ${formatMillis(excused)}; that is not counted`];
}
