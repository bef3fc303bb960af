import { expect, test } from 'vitest';
import { entriesOn, truthOn } from '../../fixtures/calamity/zoo.ts';
import { archNames } from '../arch/archs.ts';
import { unnamedIn, wrongIn } from './zoo-sightings.ts';
import { visitZoo } from './zoo-visit.ts';

const STANDING: ReadonlySet<string> = new Set(['hang', 'timeout']);
/** For 16 s, in silence: only its registers tell that it gets on. */
const COMPUTES = 'compute-irqs-off';

test.concurrent.each(archNames)(
  'what stands still and what computes in silence is told apart on %s, and where',
  async (arch) => {
    const entries = entriesOn(arch).filter(
      (entry) => STANDING.has(truthOn(entry, arch).kind) || entry.word === COMPUTES,
    );
    expect(new Set(entries.map((entry) => truthOn(entry, arch).kind))).toEqual(new Set(['hang', 'timeout', 'pass']));
    const seen = await visitZoo(arch, entries, '6s');
    expect([...wrongIn(seen), ...unnamedIn(seen)]).toEqual([]);
  },
);
