import path from 'node:path';
import type { TestSequencer, TestSpecification, Vitest } from 'vitest/node';
import type { Shard } from '../report/results.ts';
import type { PluginOptions } from './plugin.ts';
import { cutShards, digestOfCut } from './shard.ts';

/** The shard that a run is, and how it was cut: known once the suite files are. */
export interface ShardCut {
  shard: Shard;
}

/**
 * Has vitest cut shards by how long their suite files take, and so that each of them may be empty. The order within a shard
 * stays that of the project's own sequencer.
 */
export function cutInto({ config }: Vitest, { timeOf }: PluginOptions): ShardCut {
  const { index = 1, count = 1 } = config.shard ?? {};
  const cut: ShardCut = { shard: { index, count, cut: '' } };
  const root = config.root;
  const Sequencer = config.sequence.sequencer;
  config.sequence.sequencer = class implements TestSequencer {
    readonly #own: TestSequencer;

    constructor(vitest: Vitest) {
      this.#own = new Sequencer(vitest);
    }

    sort(files: TestSpecification[]) {
      return this.#own.sort(files);
    }

    shard(files: TestSpecification[]): TestSpecification[] {
      const pieces = files.map(({ project, moduleId }) => ({
        environment: project.name,
        file: path.relative(root, moduleId).split(path.sep).join('/'),
      }));
      const shards = cutShards(pieces, count, ({ environment, file }) => timeOf(environment, file));
      cut.shard = { index, count, cut: digestOfCut(pieces, shards) };
      return files.filter((_, place) => shards[place] === index);
    }
  };
  return cut;
}
