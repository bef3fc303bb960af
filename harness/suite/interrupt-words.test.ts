import { describe, expect, test } from 'vitest';
import { DeclarationError } from '../errors.ts';
import type { InterruptTotal } from '../trace/interrupt-count.ts';
import { checkInterrupts } from './check-interrupts.ts';
import type { CaseDeclaration, InterruptsDeclaration, TargetDeclaration } from './declaration.ts';
import { type Environment, listEnvironments } from './environment.ts';
import { asNamed, expectedInterrupts } from './interrupt-words.ts';

const target: TargetDeclaration = {
  name: 'mykernel',
  images: { x86_64: { from: 'kernel', kernel: 'k' }, aarch64: { from: 'kernel', kernel: 'k' } },
  shell: { prompt: '> ', status: 'none' },
  vectors: { amd64: { timer: 0x20, syscall: 0x40, keyboard: 0x21 }, arm64: { timer: 5 } },
};
const [x86, arm] = listEnvironments({ targets: [target] }) as [Environment, Environment];

const expectation = (
  interrupts: InterruptsDeclaration | undefined,
  ofSuite?: InterruptsDeclaration,
  environment = x86,
) => expectedInterrupts(environment, ofSuite ? { interrupts: ofSuite } : {}, interrupts ? { interrupts } : {}, 'qemu');

describe('what is expected of interrupts', () => {
  test('is told by class, and by what the target calls its vectors', () => {
    expect(expectation({ irq: { min: 10 }, timer: { min: 1, max: 5 }, 'double-fault': { max: 0 } })).toEqual({
      bounds: [
        { name: 'irq', min: 10 },
        { name: 'timer', vector: 0x20, min: 1, max: 5 },
        { name: 'double-fault', max: 0 },
      ],
    });
    expect(expectation({ timer: { min: 1 } }, undefined, arm)).toEqual({
      bounds: [{ name: 'timer', vector: 5, min: 1 }],
    });
  });

  test('is what the suite says, with what the case says otherwise', () => {
    expect(expectation({ irq: { max: 3 } }, { irq: { min: 1 }, nmi: { max: 0 }, unexpected: ['page-fault'] })).toEqual({
      bounds: [
        { name: 'irq', max: 3 },
        { name: 'nmi', max: 0 },
      ],
      besides: ['page-fault'],
    });
  });

  test('is not what the suite says where the case takes it back', () => {
    expect(expectation({ irq: undefined }, { irq: { min: 1 }, nmi: { max: 0 } })).toEqual({
      bounds: [{ name: 'nmi', max: 0 }],
    });
  });

  test('is nothing where nothing is said', () => {
    expect(expectation(undefined)).toBeUndefined();
  });

  test('cannot be said of a launcher’s machine, nor of one that is not emulated', () => {
    const interrupts = { irq: { min: 1 } };
    expect(() => expectedInterrupts(x86, {}, { interrupts }, 'launcher')).toThrow(
      new DeclarationError(
        'mykernel/x86_64: a launcher starts QEMU with its own arguments: its interrupts cannot be counted, so `interrupts` must go',
      ),
    );
    expect(() => expectedInterrupts({ ...x86, accelerator: 'kvm' }, { interrupts }, {}, 'qemu')).toThrow(
      'mykernel/x86_64: with the accelerator kvm QEMU does not see the interrupts: `interrupts` needs "tcg"',
    );
    expect(expectedInterrupts({ ...x86, accelerator: 'kvm' }, {}, {}, 'launcher')).toBeUndefined();
  });
});

describe('the words of a suite', () => {
  const check = (declared: CaseDeclaration, environment = x86) =>
    checkInterrupts('suite "s"', { cases: { 'it ticks': declared } }, environment);

  test('are classes and the names of vectors', () => {
    const declared = { run: 'tick', interrupts: { irq: { min: 1 }, timer: { min: 1 }, unexpected: [] } };
    expect(() => check(declared)).not.toThrow();
    expect(() => check(declared, arm)).not.toThrow();
    expect(() => checkInterrupts('boot "b"', {}, x86)).not.toThrow();
  });

  test('that nobody knows are refused by their place, with what is near', () => {
    expect(() => check({ run: 'tick', interrupts: { irqs: { min: 1 } } })).toThrow(
      /^suite "s": cases\."it ticks"\.interrupts: expected "irq" \| "nmi" \| .* \| "timer" \| .*, got "irqs" \(did you mean "irq"\?\)$/,
    );
    expect(() =>
      checkInterrupts('suite "s"', { cases: { a: { run: 'a' } }, interrupts: { tmer: { min: 1 } } }, x86),
    ).toThrow(/^suite "s": interrupts: expected .*, got "tmer" \(did you mean "timer"\?\)$/);
  });

  test('that have a meaning on another architecture say where', () => {
    expect(() => check({ run: 'type', interrupts: { keyboard: { min: 1 } } }, arm)).toThrow(
      'suite "s": cases."it ticks".interrupts.keyboard: mykernel names that vector for amd64 and not for aarch64: its `vectors` lack it',
    );
  });

  test('need have no meaning where the case is not run', () => {
    const declared = { run: 'type', interrupts: { keyboard: { min: 1 } } };
    expect(() => check({ ...declared, skip: { on: 'arm64', because: 'no keyboard' } }, arm)).not.toThrow();
    expect(() => checkInterrupts('s', { cases: { a: declared }, needs: ['usb'] }, arm)).not.toThrow();
  });
});

test('what comes by a vector that is named after a class is counted to that', () => {
  const gate: InterruptTotal = { class: 'software-interrupt', name: 'int 0x40', vector: 0x40, count: 7 };
  const timer: InterruptTotal = { class: 'irq', name: 'IRQ 0x20', vector: 0x20, count: 3 };
  const triple: InterruptTotal = { class: 'triple-fault', name: 'triple fault', count: 1 };
  expect(asNamed([gate, timer, triple], x86)).toEqual([{ ...gate, class: 'syscall' }, timer, triple]);
  expect(asNamed([gate, timer], arm)).toEqual([gate, timer]);
});
