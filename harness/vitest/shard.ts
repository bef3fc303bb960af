import { createHash } from 'node:crypto';
import { DeclarationError } from '../errors.ts';
import { shown } from '../expected.ts';
import type { Shard } from '../report/results.ts';
import type { Millis } from '../units.ts';

/** One of the parts into which the suite files of a run are cut. */
export type ShardChoice = Pick<Shard, 'index' | 'count'>;

/** A suite file in an environment: what shards are made of. */
export interface ShardPiece {
  readonly environment: string;
  /** Relative to the project's root. */
  readonly file: string;
}

/** `2/3`. @throws DeclarationError when the text is no such part. */
export function parseShard(text: string): ShardChoice {
  const [, index, count] = /^0*([1-9]\d{0,3})\/0*([1-9]\d{0,3})$/.exec(text) ?? [];
  if (index === undefined || Number(index) > Number(count)) {
    throw new DeclarationError(`--shard: expected a part of the whole such as 1/3, 2/3 or 3/3, got ${shown(text)}`);
  }
  return { index: Number(index), count: Number(count) };
}

/**
 * Cuts the pieces into shards that take the same time, as far as it is known: the longest first, each to the shard that has
 * the least so far. The same in every job that has the same pieces and the same times, whatever their order.
 * @param timeOf How long a piece took once; `undefined` where nobody knows: then it counts as the others do on average.
 * @returns the shard of each piece, from 1.
 */
export function cutShards(
  pieces: readonly ShardPiece[],
  count: number,
  timeOf: (piece: ShardPiece) => Millis | undefined,
): readonly number[] {
  const known = pieces.flatMap((piece) => timeOf(piece) ?? []);
  const average = known.length > 0 ? known.reduce((sum, time) => sum + time, 0) / known.length : 1;
  const weighed = pieces
    .map((piece, index) => ({ index, key: keyOf(piece), weight: timeOf(piece) ?? average }))
    .sort((a, b) => b.weight - a.weight || (a.key < b.key ? -1 : Number(a.key > b.key)));
  const loads = Array.from({ length: count }, () => ({ time: 0, pieces: 0 }));
  const shards: number[] = new Array(pieces.length).fill(1);
  for (const { index, weight } of weighed) {
    const least = loads.reduce((best, load) =>
      load.time < best.time || (load.time === best.time && load.pieces < best.pieces) ? load : best,
    );
    shards[index] = loads.indexOf(least) + 1;
    least.time += weight;
    least.pieces += 1;
  }
  return shards;
}

/** The same for jobs that cut the same pieces in the same way: together, their shards are the whole. */
export function digestOfCut(pieces: readonly ShardPiece[], shards: readonly number[]): string {
  const lines = pieces.map((piece, index) => `${keyOf(piece)} ${shards[index]}`).sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 12);
}

function keyOf({ environment, file }: ShardPiece): string {
  return JSON.stringify([environment, file]);
}
