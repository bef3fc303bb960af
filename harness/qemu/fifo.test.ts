import { expect, test } from 'vitest';
import { EnvironmentError } from '../errors.ts';
import { makeFifos } from './fifo.ts';

test('a host that makes no pipes is told of, in its own words', async () => {
  const refused = makeFifos(['/nowhere/pipe', '/nowhere/other']);
  await expect(refused).rejects.toThrow(EnvironmentError);
  await expect(refused).rejects.toThrow(/^The pipes to QEMU cannot be made: mkfifo: .*\/nowhere\/pipe.*/);
});
