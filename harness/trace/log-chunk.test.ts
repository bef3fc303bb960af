import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Arch, archNames, describeArch } from '../arch/archs.ts';
import { type AnalysedLog, InterruptAnalysis } from './analysis/interrupt-analysis.ts';
import { StreamedLog } from './analysis/streamed-log.ts';
import { EventUnpacker } from './event-block.ts';
import { ChunkScanner, countChunks } from './log-chunk.ts';

const LOGS = path.join(import.meta.dirname, '../../fixtures/logs/int');
const request = { last: 20, stacks: [], between: [1, 40] } as const;

const samples = archNames.map((arch) => ({
  arch,
  logs: readdirSync(path.join(LOGS, arch)).map((file) => readFileSync(path.join(LOGS, arch, file), 'latin1')),
}));

function inOrder(arch: Arch, bytes: Buffer) {
  const log = new StreamedLog(describeArch(arch), request);
  log.push(bytes);
  return comparable(log.end());
}

/** Bytes as text, which compares at once. */
function comparable({ last, crashes, chosen, ...facts }: AnalysedLog) {
  const asText = (event: { readonly number: number; readonly bytes: Buffer } | undefined) =>
    event && { number: event.number, text: event.bytes.toString('latin1') };
  return {
    ...facts,
    last: last.map(asText),
    crashes: { count: crashes.count, kept: crashes.kept.map(asText) },
    chosen: chosen && { ...chosen, events: chosen.events.map(asText) },
  };
}

/** As a file is read by several threads, without them: chunk after chunk, those that nobody needs as well. */
function inChunks(arch: Arch, bytes: Buffer, chunkSize: number) {
  const log = {
    size: bytes.length,
    chunkSize,
    read: (buffer: Buffer, position: number) => {
      expect(bytes.copy(buffer, 0, position)).toBe(buffer.length);
    },
  };
  const analysis = new InterruptAnalysis({ from: 0, slice: (from, to) => bytes.subarray(from, to) }, request);
  const unpacker = new EventUnpacker();
  const scanner = new ChunkScanner(describeArch(arch), log);
  let next = 0;
  let parts = 0;
  for (let chunk = 0; chunk < countChunks(log); chunk++) {
    for (const part of scanner.scan(chunk)) {
      if (chunk !== next) continue;
      if (part.isEnd) analysis.logEnds();
      unpacker.unpack(part, (event) => analysis.take(event));
      parts++;
      next = part.next ?? next;
    }
  }
  expect(next).toBe(countChunks(log));
  return { facts: comparable(analysis.facts(bytes.length)), parts };
}

describe.each(samples)('on $arch', ({ arch, logs }) => {
  test('a log reads the same in chunks of any size', () => {
    const bytes = Buffer.from(logs.join(''), 'latin1');
    const whole = inOrder(arch, bytes);
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 60_000 }), (chunkSize) => {
        expect(inChunks(arch, bytes, chunkSize).facts).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  });

  test('so does one that lost pieces, has others in between, or ends its lines as Windows does', () => {
    const others = [
      'EFER=0000000000000500\n',
      '\nEFER=0\ncheck_exception old: 0xffffffff new 0xe\n',
      'Servicing hardware INT=0x30\n',
      '\n\n   \n',
      'FCW=037f FSW=0000 [ST=0] FTW=00 MXCSR=00001f80\n',
      '...with ESR 0x25/0x96000005\n',
      'Taking exception ',
      'Taking exception 5 [IRQ] on CPU 1\n',
      '0x1000:  90  nop\n'.repeat(50),
    ];
    const damage = fc.record({
      log: fc.constantFrom(...logs),
      at: fc.nat(),
      drop: fc.nat(400),
      insert: fc.oneof(fc.constantFrom(...others), fc.string({ maxLength: 30 })),
    });
    fc.assert(
      fc.property(
        fc.array(damage, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 200, max: 20_000 }),
        fc.boolean(),
        (pieces, chunkSize, isFromWindows) => {
          const text = pieces
            .map(({ log, at, drop, insert }) => {
              const from = at % log.length;
              return log.slice(0, from) + insert + log.slice(from + drop);
            })
            .join('');
          const bytes = Buffer.from(isFromWindows ? text.replaceAll('\n', '\r\n') : text, 'latin1');
          expect(inChunks(arch, bytes, chunkSize).facts).toEqual(inOrder(arch, bytes));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('chunks without a beginning are scanned with those before, a part for each', () => {
    const [log = ''] = logs;
    const bytes = Buffer.from(log + '0x1000:  90  nop\n'.repeat(2_000) + log, 'latin1');
    const { facts, parts } = inChunks(arch, bytes, 1_000);
    expect(facts).toEqual(inOrder(arch, bytes));
    expect(facts.unknown).toBeGreaterThanOrEqual(2_000);
    expect(parts).toBeGreaterThan(34);
  });
});
