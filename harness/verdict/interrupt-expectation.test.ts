import { describe, expect, test } from 'vitest';
import type { InterruptTotal } from '../trace/interrupt-count.ts';
import { type InterruptBound, unmetInterrupts } from './interrupt-expectation.ts';

const timer: InterruptTotal = { class: 'irq', name: 'IRQ 0x20', vector: 0x20, count: 40 };
const serial: InterruptTotal = { class: 'irq', name: 'IRQ 0x24', vector: 0x24, count: 2 };
const pageFault: InterruptTotal = { class: 'page-fault', name: '#PF', vector: 14, count: 3 };
const undefinedInstruction: InterruptTotal = { class: 'undefined-instruction', name: '#UD', vector: 6, count: 1 };
const all = [timer, serial, pageFault, undefinedInstruction];

const unmet = (bounds: readonly InterruptBound[], totals: readonly InterruptTotal[] = all) =>
  unmetInterrupts({ bounds }, totals);

const CAME = '42 irq (IRQ 0x20 40, IRQ 0x24 2), 3 page-fault (#PF), 1 undefined-instruction (#UD)';

describe('a bound', () => {
  test.each<[string, InterruptBound]>([
    ['of a class, from', { name: 'irq', min: 42 }],
    ['of a class, to', { name: 'irq', max: 42 }],
    ['of what did not come', { name: 'double-fault', max: 0 }],
    ['of a vector, exactly', { name: 'timer', vector: 0x20, min: 40, max: 40 }],
    ['of a vector that is an exception', { name: 'faults', vector: 14, min: 3 }],
  ])('%s holds', (_, bound) => {
    expect(unmet([bound])).toBeUndefined();
  });

  test.each<[string, InterruptBound, string]>([
    ['too few', { name: 'irq', min: 43 }, `expected irq at least 43 times; counted ${CAME}`],
    ['too many', { name: 'irq', max: 41 }, `expected irq at most 41 times; counted ${CAME}`],
    ['not once', { name: 'nmi', min: 1 }, `expected nmi at least once; counted 0 nmi, ${CAME}`],
    ['what must not come', { name: 'page-fault', max: 0 }, `expected no page-fault; counted ${CAME}`],
    ['not so often', { name: 'irq', min: 1, max: 1 }, `expected irq exactly once; counted ${CAME}`],
    [
      'not within',
      { name: 'irq', min: 50, max: 60 },
      `expected irq at least 50 times and at most 60 times; counted ${CAME}`,
    ],
    [
      'a vector at which something else came',
      { name: 'timer', vector: 0x30, min: 1 },
      `expected timer at least once; counted 0 timer, ${CAME}`,
    ],
    [
      'a vector that came too often',
      { name: 'timer', vector: 0x20, max: 3 },
      `expected timer at most 3 times; counted 40 timer, ${CAME}`,
    ],
  ])('that is broken tells what was expected and what came: %s', (_, bound, text) => {
    expect(unmet([bound])).toBe(text);
  });

  test('that holds is not told beside one that does not', () => {
    expect(
      unmet([
        { name: 'irq', min: 1 },
        { name: 'double-fault', min: 1 },
        { name: 'nmi', min: 2 },
      ]),
    ).toBe(`expected double-fault at least once, nmi at least 2 times; counted 0 double-fault, 0 nmi, ${CAME}`);
  });

  test('is told where nothing came at all', () => {
    expect(unmet([{ name: 'irq', min: 1 }], [])).toBe('expected irq at least once; counted 0 irq, nothing else');
  });

  test('does not list more vectors than one reads', () => {
    const many = Array.from({ length: 7 }, (_, index) => ({ ...timer, name: `IRQ ${index}`, vector: index, count: 1 }));
    expect(unmet([{ name: 'irq', max: 1 }], many)).toBe(
      'expected irq at most once; counted 7 irq (IRQ 0 1, IRQ 1 1, IRQ 2 1, IRQ 3 1, 3 more)',
    );
  });
});

describe('exceptions that nobody expects', () => {
  const unexpected = (
    besides: readonly InterruptTotal['class'][],
    bounds: readonly InterruptBound[] = [],
    totals: readonly InterruptTotal[] = all,
  ) => unmetInterrupts({ bounds, besides }, totals);

  test('are none among interrupts and calls', () => {
    const calls = (['syscall', 'nmi', 'hypervisor-call', 'semihosting', 'software-interrupt'] as const).map(
      (kind): InterruptTotal => ({ class: kind, name: kind, count: 5 }),
    );
    expect(unexpected([], [], [timer, ...calls])).toBeUndefined();
  });

  test('are told', () => {
    expect(unexpected([])).toBe(`expected no exception; counted ${CAME}`);
    expect(unexpected(['page-fault'])).toBe(`expected no exception but page-fault; counted ${CAME}`);
  });

  test('are not those that are listed, or have bounds of their own, by class or by vector', () => {
    expect(unexpected(['page-fault', 'undefined-instruction'])).toBeUndefined();
    expect(unexpected(['page-fault'], [{ name: 'undefined-instruction', min: 1 }])).toBeUndefined();
    expect(unexpected(['page-fault'], [{ name: 'ud', vector: 6, min: 1 }])).toBeUndefined();
  });

  test('are told without bounds on what is none', () => {
    const timerBound = { name: 'timer', vector: 0x20, min: 1 };
    expect(unexpected([], [timerBound, { name: 'irq', min: 1 }, { name: 'page-fault', min: 1 }])).toBe(
      `expected no exception but page-fault; counted ${CAME}`,
    );
  });

  test('are told apart from a bound that is broken', () => {
    expect(
      unexpected(
        [],
        [
          { name: 'irq', min: 100 },
          { name: 'page-fault', min: 1 },
        ],
      ),
    ).toBe(`expected irq at least 100 times, no exception but page-fault; counted ${CAME}`);
    expect(
      unexpected(
        [],
        [
          { name: 'page-fault', max: 0 },
          { name: 'undefined-instruction', max: 1 },
        ],
      ),
    ).toBe(`expected no page-fault; counted ${CAME}`);
  });
});
