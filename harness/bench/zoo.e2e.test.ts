import { expect, test } from 'vitest';
import { truthOn } from '../../fixtures/calamity/zoo.ts';
import { archNames } from '../arch/archs.ts';
import { unnamedIn, wrongIn } from './zoo-sightings.ts';
import { entriesOn, visitZoo } from './zoo-visit.ts';

test.concurrent.each(archNames)(
  'what stands still, what computes in silence and what crashes is told apart on %s, and where',
  async (arch) => {
    const entries = entriesOn(arch).filter((entry) => entry.at !== undefined || entry.word === 'compute-irqs-off');
    expect(new Set(entries.map((entry) => truthOn(entry, arch).kind))).toEqual(
      new Set(['crash', 'hang', 'timeout', 'pass']),
    );
    const seen = await visitZoo(arch, entries, '6s');
    expect([...wrongIn(seen), ...unnamedIn(seen)]).toEqual([]);
  },
);
