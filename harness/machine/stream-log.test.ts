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
  expect(written.subarray(limit).toString()).toBe('\n[the log ends here: there was more than 64 MiB of it]\n');
  expect(log.shortfall).toMatch(/^the first 64 MiB of \d+ MiB are kept$/);
  log.destroy();
  await once(log, 'close');
});

test('a limit of one’s own is kept to the byte, and a log that just fits it is whole', () => {
  const log = new StreamLog(file, 4);
  log.write('12');
  log.write('34');
  expect([readFileSync(file, 'utf8'), log.shortfall]).toEqual(['1234', undefined]);
  log.write('56');
  log.write('7');
  expect(readFileSync(file, 'utf8')).toBe('1234\n[the log ends here: there was more than 4 B of it]\n');
  expect(log.shortfall).toBe('the first 4 B of 7 B are kept');
  log.destroy();
});

test.skipIf(!existsSync('/dev/full'))('a disk that is full is an error of the stream, not of the process', async () => {
  const log = new StreamLog('/dev/full');
  const failure = once(log, 'error');
  log.write('x');
  expect(await failure).toMatchObject([{ code: 'ENOSPC' }]);
  expect(log.destroyed).toBe(true);
  expect(log.shortfall).toMatch(/^it could not be written: ENOSPC/);
});
