import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { BuildError, UnavailableError } from './errors.mjs';
import { finishAll } from './finish-all.mjs';

const failing = (error) => Promise.reject(error);

describe('finishAll', () => {
  test('waits for what is still under way when something fails', async () => {
    let finished = false;
    const slow = delay(20).then(() => {
      finished = true;
    });
    await expect(finishAll([failing(new UnavailableError('no network')), slow])).rejects.toThrow('no network');
    expect(finished).toBe(true);
  });

  test('says every reason, and exits as the source that does not build asks for', async () => {
    const both = finishAll([
      failing(new UnavailableError('no network')),
      failing(new BuildError('kill_test.c:1: error')),
    ]);
    await expect(both).rejects.toMatchObject({ message: 'no network\n\nkill_test.c:1: error', exitCode: 1 });
    await expect(finishAll([failing(new UnavailableError('no network'))])).rejects.toMatchObject({ exitCode: 69 });
  });

  test('says a reason that several share once', async () => {
    const same = () => failing(new BuildError('kill_test.c:1: error'));
    await expect(finishAll([same(), same()])).rejects.toMatchObject({ message: 'kill_test.c:1: error' });
  });

  test('does not hide a mistake of its own among the reasons', async () => {
    const mistake = new TypeError('undefined is not a function');
    await expect(finishAll([failing(new BuildError('error')), failing(mistake)])).rejects.toBe(mistake);
  });
});
