import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StreamLog } from './stream-log.ts';

/** For a host that is busy; nothing here waits for time to pass. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'log-'));
  file = path.join(folder, 'console0-user.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('what was said is in the file before anyone can judge it', () => {
  const log = new StreamLog(file);
  log.write(Buffer.from([0x68, 0x69, 0x00, 0xff, 0x0d, 0x0a]));
  expect(readFileSync(file)).toEqual(Buffer.from([0x68, 0x69, 0x00, 0xff, 0x0d, 0x0a]));
  log.write('and more');
  expect(readFileSync(file, 'latin1')).toBe('hi\0\xff\r\nand more');
  log.destroy();
});

test('the file is there, and empty, before anything is said; only its owner may read it', () => {
  const log = new StreamLog(file);
  expect(readFileSync(file)).toHaveLength(0);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  log.destroy();
});

test('a guest that prints for ever does not fill the disk, and the log says where it ends', async () => {
  const log = new StreamLog(file);
  const limit = 64 * 2 ** 20;
  const chunk = Buffer.alloc(3 * 2 ** 20, 'spam');
  for (let sent = 0; sent < limit + 4 * chunk.length; sent += chunk.length) log.write(chunk);
  const written = readFileSync(file);
  expect(written.subarray(0, limit).every((byte, index) => byte === chunk[index % chunk.length])).toBe(true);
  expect(written.subarray(limit).toString()).toBe('\n[the log ends here: the guest printed over 64 MiB]\n');
  log.destroy();
  await once(log, 'close');
});

test.skipIf(!existsSync('/dev/full'))('a disk that is full is an error of the stream, not of the process', async () => {
  const log = new StreamLog('/dev/full');
  const failure = once(log, 'error');
  log.write('x');
  expect(await failure).toMatchObject([{ code: 'ENOSPC' }]);
  expect(log.destroyed).toBe(true);
});
