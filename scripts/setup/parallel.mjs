import { availableParallelism } from 'node:os';

/** Calls `work` for every item, as many at once as there are processors. Rejects with the first error. */
export async function forEachParallel(items, work) {
  const queue = items.values();
  const takeFromQueue = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, takeFromQueue));
}
