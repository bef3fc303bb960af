import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { archNames, describeArch } from '../arch/archs.ts';
import { type ScannedEvent, Told } from '../arch/interrupt-bytes.ts';
import type { LoggedFacts } from '../arch/interrupt-log.ts';
import { InterruptLogReader } from './interrupt-log.ts';
import { InterruptScanner } from './interrupt-scanner.ts';

const LOGS = path.join(import.meta.dirname, '../../fixtures/logs/int');

/** What both readers tell of an event. Where in its table a handler begins, the scanner does not keep. */
type Facts = Omit<LoggedFacts, 'handler'> & { readonly truncated: boolean };

const samples = archNames.map((arch) => ({
  arch,
  logs: readdirSync(path.join(LOGS, arch)).map((file) => readFileSync(path.join(LOGS, arch, file), 'latin1')),
}));

function readPlainly(arch: (typeof archNames)[number], text: string): Facts[] {
  const events: Facts[] = [];
  const reader = new InterruptLogReader(
    describeArch(arch).interruptLog,
    ({ atMs: _, raw: __, handler: ___, ...facts }) => {
      events.push({ inSystemManagement: false, ...facts });
    },
  );
  reader.push(Buffer.from(text, 'latin1'), 0);
  reader.end(0);
  return events;
}

function scan(arch: (typeof archNames)[number], text: string, cuts: readonly number[] = []): Facts[] {
  const events: Facts[] = [];
  const bytes = Buffer.from(text, 'latin1');
  const scanner = new InterruptScanner(describeArch(arch), (event) => events.push(factsOf(event)));
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    scanner.push(bytes.subarray(from, cut));
    from = cut;
  }
  scanner.push(bytes.subarray(from));
  scanner.end();
  return events;
}

function factsOf(event: ScannedEvent): Facts {
  const has = (bit: number): boolean => (event.told & bit) !== 0;
  const value = (high: number, low: number): bigint =>
    (BigInt.asUintN(32, BigInt(high)) << 32n) | BigInt.asUintN(32, BigInt(low));
  return {
    class: event.class,
    name: event.name,
    ...(event.cpu >= 0 ? { cpu: event.cpu } : {}),
    ...(event.vector >= 0 ? { vector: event.vector } : {}),
    ...(event.from ? { from: event.from } : {}),
    ...(event.to ? { to: event.to } : {}),
    ...(has(Told.pc) ? { pc: value(event.pcHigh, event.pcLow) } : {}),
    ...(has(Told.sp) ? { sp: value(event.spHigh, event.spLow) } : {}),
    ...(has(Told.faultAddress) ? { faultAddress: value(event.faultHigh, event.faultLow) } : {}),
    ...(has(Told.errorCode) ? { errorCode: value(event.errorHigh, event.errorLow) } : {}),
    ...(has(Told.handlers) ? { handlers: value(event.handlersHigh, event.handlersLow) } : {}),
    ...(event.during >= 0 ? { during: event.during } : {}),
    ...(event.raised ? { raised: event.raised } : {}),
    ...(event.number >= 0 ? { number: event.number } : {}),
    ...(event.codeBits === 0 ? {} : { codeBits: event.codeBits }),
    inSystemManagement: event.inSystemManagement,
    truncated: event.truncated,
  };
}

describe.each(samples)('on $arch', ({ arch, logs }) => {
  test('every recorded log reads as the recognisers read it', () => {
    expect(logs.length).toBeGreaterThan(5);
    for (const log of logs) expect(scan(arch, log)).toEqual(readPlainly(arch, log));
  });

  test('all of them in a row, with lines that end as Windows ends them, as well', () => {
    const text = logs.join('').replaceAll('\n', '\r\n');
    expect(scan(arch, text)).toEqual(readPlainly(arch, text));
  });

  test('however the bytes are cut, the events are the same', () => {
    for (const log of logs) {
      const whole = scan(arch, log);
      fc.assert(
        fc.property(fc.array(fc.nat(log.length), { maxLength: 12 }), (cuts) => {
          expect(scan(arch, log, cuts)).toEqual(whole);
        }),
        { numRuns: 20 },
      );
    }
  });

  test('a log that lost pieces, or has others in between, reads as the recognisers read it', () => {
    const lines = [
      'IN: ',
      '0xffffffff81000000:  55  pushq %rbp',
      'Servicing hardware INT=0x30',
      '',
      '...with SPSR 0x5',
      'x',
    ];
    const damage = fc.record({
      log: fc.constantFrom(...logs),
      at: fc.nat(),
      drop: fc.nat(400),
      insert: fc.oneof(fc.constantFrom(...lines.map((line) => `${line}\n`)), fc.string({ maxLength: 30 })),
    });
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (pieces) => {
        const text = pieces
          .map(({ log, at, drop, insert }) => {
            const from = at % log.length;
            return log.slice(0, from) + insert + log.slice(from + drop);
          })
          .join('');
        expect(scan(arch, text)).toEqual(readPlainly(arch, text));
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['many lines', 110, 80],
    ['long lines', 8, 1_000],
    ['lines that are too long', 3, 5_000],
  ])('a record of %s counts as whole as far as its text is kept', (_, count, length) => {
    const begin: Readonly<Record<string, string>> = {
      x86_64:
        '     1: v=0e e=0000 i=0 cpl=0 IP=0008:0000000000102c2e pc=0000000000102c2e SP=0010:0000000000127f90 CR2=0000000000000000',
      aarch64: 'Taking exception 5 [IRQ] on CPU 0',
    };
    const [more, last] =
      arch === 'x86_64'
        ? ['XMM0=', 'EFER=0000000000000500']
        : ['...with FAR 0x1 ', '...to EL1 PC 0x40201a00 PSTATE 0x3c5'];
    for (const lines of [count, count - 1, count + 1]) {
      const text = `${[begin[arch], ...Array(lines).fill(more.padEnd(length, '0')), last, ...Array(5).fill(begin[arch])].join('\n')}\n`;
      expect(scan(arch, text)).toEqual(readPlainly(arch, text));
    }
  });

  test('no bytes are too odd', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
        const text = Buffer.from(bytes).toString('latin1');
        expect(scan(arch, text)).toEqual(readPlainly(arch, text));
      }),
    );
  });

  test('a line without an end takes no more memory than any line', () => {
    const text = 'x'.repeat(2 ** 20);
    expect(scan(arch, `${text}\n`)).toEqual(readPlainly(arch, `${text}\n`));
    expect(scan(arch, text, [100, 5_000, 70_000])).toEqual(readPlainly(arch, text));
  });
});
