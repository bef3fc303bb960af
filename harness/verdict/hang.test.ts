import { describe, expect, test } from 'vitest';
import type { VcpuSample } from '../machine/vcpu-sampler.ts';
import { diagnose, type MachineSample } from './hang.ts';

interface Look {
  readonly pc?: number;
  /** What stands in the other registers. */
  readonly work?: number;
  readonly interruptsOn?: boolean;
  readonly halted?: boolean;
  readonly privilege?: VcpuSample['privilege'];
  readonly thread?: VcpuSample['thread'];
}

function vcpu(cpu: number, look: Look): VcpuSample {
  const { pc = 0x1000, work = 0, interruptsOn = true, halted = false, privilege = 'kernel' } = look;
  return {
    cpu,
    pc: BigInt(pc),
    sp: 0x8000n,
    privilege,
    interruptsOn,
    halted,
    dump: JSON.stringify({ pc, work, interruptsOn, halted }),
    thread: look.thread,
  };
}

interface Rates {
  readonly count?: number;
  /** Interrupts. */
  readonly eventsPerSample?: number;
  /** Faults that come over and over. */
  readonly turnsPerSample?: number;
}

/** Samples half a second apart; each vCPU's look is a function of the sample's number. */
function samples(
  looks: readonly ((index: number) => Look)[],
  { count = 6, eventsPerSample = 0, turnsPerSample = 0 }: Rates = {},
): MachineSample[] {
  return Array.from({ length: count }, (_, index) => ({
    atMs: 500 * index,
    vcpus: looks.map((look, cpu) => {
      const seen = look(index);
      const ranMs = seen.halted ? 0 : 500 * index;
      return vcpu(cpu, { thread: { ranMs, waitedMs: 0 }, ...seen });
    }),
    events: (eventsPerSample + turnsPerSample) * index,
    interrupts: eventsPerSample * index,
    cycle: turnsPerSample > 0 ? { turns: turnsPerSample, pc: 0x5000n } : undefined,
  }));
}

const stands = (look: Look) => () => look;
const NEVER_STARTED: Look = { pc: 0, interruptsOn: false, thread: { ranMs: 0, waitedMs: 0 } };
const X86 = true;
const ARM = false;

describe('a machine that stands still', () => {
  test('halted with interrupts off is certain after two looks', () => {
    const seen = samples([stands({ halted: true, interruptsOn: false })], { count: 2 });
    expect(diagnose(seen, X86)).toMatchObject({ state: 'halted', certain: true, forMs: 500 });
  });

  test('the same on Arm is not certain: WFI wakes on a masked interrupt as well', () => {
    const look = [stands({ halted: true, interruptsOn: false })];
    expect(diagnose(samples(look, { count: 8 }), ARM)).toMatchObject({ state: 'halted', certain: false });
    expect(diagnose(samples(look, { count: 5 }), ARM)).toMatchObject({ state: 'idle', certain: false });
    expect(diagnose(samples(look, { eventsPerSample: 1 }), ARM)).toMatchObject({ state: 'idle', certain: false });
  });

  test('a vCPU that waits with interrupts off and is woken at once each time does not wait', () => {
    const look = (index: number): Look => ({
      halted: true,
      interruptsOn: false,
      thread: { ranMs: 250 * index, waitedMs: 240 * index },
    });
    expect(diagnose(samples([look]), ARM)).toMatchObject({ state: 'spinning-irqs-off', certain: true });
  });

  test('one vCPU halted for ever and another that may wake is idle', () => {
    const seen = samples([stands({ halted: true, interruptsOn: false }), stands({ halted: true })]);
    expect(diagnose(seen, X86)).toMatchObject({ state: 'idle', certain: false });
  });

  test('a lock taken with interrupts off is certain after two seconds', () => {
    const look = [stands({ interruptsOn: false, pc: 0x2000 }), stands({ halted: true })];
    expect(diagnose(samples(look, { count: 3 }), X86)).toMatchObject({ state: 'spinning-irqs-off', certain: false });
    const diagnosis = diagnose(samples(look), X86);
    expect(diagnosis).toMatchObject({ state: 'spinning-irqs-off', certain: true, forMs: 2_500, events: 0 });
    expect(diagnosis?.vcpu.pc).toBe(0x2000n);
  });

  test('two vCPUs that wait for each other are one hang', () => {
    const seen = samples([stands({ interruptsOn: false }), stands({ interruptsOn: false, pc: 0x3000 })]);
    expect(diagnose(seen, ARM)).toMatchObject({ state: 'spinning-irqs-off', certain: true });
  });

  test('nothing is certain while interrupts are taken somewhere', () => {
    const seen = samples([stands({ interruptsOn: false }), stands({ halted: true })], { eventsPerSample: 50 });
    expect(diagnose(seen, X86)).toMatchObject({ state: 'spinning-irqs-off', certain: false });
  });

  test('nothing is certain of a thread that the host hardly let run', () => {
    const seen = samples([(index) => ({ interruptsOn: false, thread: { ranMs: 6 * index, waitedMs: 490 * index } })]);
    expect(diagnose(seen, X86)).toMatchObject({ state: 'spinning-irqs-off', certain: false });
    const untold = samples([stands({ interruptsOn: false, thread: undefined })]);
    expect(diagnose(untold, X86)).toMatchObject({ certain: true });
  });

  test('a vCPU that was never started is asleep, whatever its registers say', () => {
    const seen = samples([stands({ halted: true }), stands(NEVER_STARTED)]);
    expect(diagnose(seen, ARM)).toMatchObject({ state: 'idle' });
    const locked = samples([stands({ interruptsOn: false }), stands(NEVER_STARTED)]);
    expect(diagnose(locked, ARM)).toMatchObject({ state: 'spinning-irqs-off', certain: true });
    expect(diagnose(locked, ARM)?.vcpu.cpu).toBe(0);
  });

  test('a lock taken with interrupts on is left to the deadline', () => {
    expect(diagnose(samples([stands({})], { eventsPerSample: 50 }), X86)).toMatchObject({
      state: 'spinning',
      certain: false,
    });
  });

  test('now and then a look falls into an interrupt’s handler', () => {
    const look = (index: number): Look => (index % 3 === 2 ? { pc: 0x9000, interruptsOn: false, work: index } : {});
    const diagnosis = diagnose(samples([look], { count: 9, eventsPerSample: 50 }), X86);
    expect(diagnosis).toMatchObject({ state: 'spinning', pc: 0x1000n });
  });

  test('a loop may be caught at any of its instructions', () => {
    const look = (index: number): Look => ({ pc: 0x1000 + 4 * (index % 2), work: index % 2 });
    expect(diagnose(samples([look], { count: 8, eventsPerSample: 50 }), X86)).toMatchObject({ state: 'spinning' });
  });

  test('faults that are never cured are told by where they come from', () => {
    const look = (index: number): Look => ({ interruptsOn: false, work: index });
    const storm = { turnsPerSample: 5_000 };
    expect(diagnose(samples([look], { ...storm, eventsPerSample: 50 }), X86)).toMatchObject({
      state: 'spinning',
      certain: false,
      pc: 0x5000n,
    });
    const still = stands({ interruptsOn: false });
    expect(diagnose(samples([still], storm), X86)).toMatchObject({ state: 'spinning-irqs-off', certain: true });
    expect(diagnose(samples([look], storm), X86)).toMatchObject({ state: 'spinning-irqs-off', certain: false });
    expect(diagnose(samples([look], { turnsPerSample: 1 }), X86)).toMatchObject({ state: 'busy' });
  });

  test('an idle machine may have any number of ticks', () => {
    for (const eventsPerSample of [0, 50]) {
      expect(diagnose(samples([stands({ halted: true })], { eventsPerSample }), X86)).toMatchObject({
        state: 'idle',
        certain: false,
        events: eventsPerSample * 5,
      });
    }
  });
});

describe('a machine that computes', () => {
  test('in a loop of two instructions, with interrupts off, for as long as it likes, is busy', () => {
    const sweep = (index: number): Look => ({ interruptsOn: false, work: index });
    expect(diagnose(samples([sweep], { count: 40 }), X86)).toMatchObject({ state: 'busy', certain: false });
  });

  test('beside a vCPU that waits for it is busy', () => {
    const seen = samples([stands({ interruptsOn: false }), (index) => ({ work: index, pc: 0x4000 + 1000 * index })]);
    expect(diagnose(seen, X86)).toMatchObject({ state: 'busy' });
  });

  test('in user mode is busy, even where nothing changes: that is the program’s affair', () => {
    expect(diagnose(samples([stands({ privilege: 'user' })]), X86)).toMatchObject({ state: 'busy' });
  });

  test('now and then, and sleeps in between, is busy', () => {
    const look = (index: number): Look => ({ halted: index % 2 === 0, work: index });
    expect(diagnose(samples([look]), X86)).toMatchObject({ state: 'busy' });
  });
});

test('one look says nothing', () => {
  expect(diagnose([], X86)).toBeUndefined();
  expect(diagnose(samples([stands({})], { count: 1 }), X86)).toBeUndefined();
});
