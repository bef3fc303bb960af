import { expect, test } from 'vitest';
import { entriesOn, truthOn, type ZooEntry, zoo } from '../../fixtures/calamity/zoo.ts';
import { type Arch, archNames } from '../arch/archs.ts';
import { unnamedIn, wrongIn } from './zoo-sightings.ts';
import { visitZoo } from './zoo-visit.ts';

const STANDING: ReadonlySet<string> = new Set(['hang', 'timeout']);
/** For 16 s, in silence: only its registers tell that it gets on. */
const COMPUTES = 'compute-irqs-off';

/** Of words that mean the same everywhere, each architecture is shown every other one; the benchmark shows each all of them. */
function isShownOn(arch: Arch, entry: ZooEntry): boolean {
  const [first, ...others] = archNames.map((each) => JSON.stringify(truthOn(entry, each)));
  const isSame = entry.archs === undefined && others.every((truth) => truth === first);
  return !isSame || zoo.indexOf(entry) % archNames.length === archNames.indexOf(arch);
}

test.concurrent.each(archNames)(
  'what stands still and what computes in silence is told apart on %s, and where',
  async (arch) => {
    const entries = entriesOn(arch).filter(
      (entry) => isShownOn(arch, entry) && (STANDING.has(truthOn(entry, arch).kind) || entry.word === COMPUTES),
    );
    expect(new Set(entries.map((entry) => truthOn(entry, arch).kind))).toContain('hang');
    const seen = await visitZoo(arch, entries, '6s');
    expect([...wrongIn(seen), ...unnamedIn(seen)]).toEqual([]);
  },
);
