import type { Arch } from '../arch/archs.ts';
import type { Millis } from '../units.ts';
import { BareMachine } from './bare-machine.ts';
import type { Benchmark } from './benchmark.ts';
import { comparisonEntry, measuredEntry } from './entry.ts';
import { interleave } from './interleave.ts';
import { type BenchLinux, linuxOn } from './linux.ts';

const ROUNDS = 9;
const BOOT_AT_MOST = 1.05;

/** What the guest does besides booting. Each ends with a line that its echo is not. */
const WORKLOADS = {
  /** Two system calls a byte. Arm's are exceptions, which the log holds; x86's are not (Intel SDM, volume 2, SYSCALL). */
  syscalls: 'dd if=/dev/zero of=/dev/null bs=1 count=20000 2>/dev/null; echo do""ne\n',
  /** The serial line interrupts for every few characters. */
  interrupts: 'seq 4000; echo do""ne\n',
} as const;

type Part = 'boot' | keyof typeof WORKLOADS;
type Times = Readonly<Record<Part, Millis>>;

/**
 * What it costs that QEMU logs every interrupt and exception, and that the log is read: over a boot of Linux, and where a guest
 * does little else. The machines are the same but for the log.
 */
export function recorderOverheadBenchmark(arch: Arch): Benchmark {
  const nameOf = (part: Part): string => `recorder-overhead/${arch}/${part}`;
  const parts: readonly Part[] = ['boot', 'syscalls', 'interrupts'];
  return {
    names: parts.map(nameOf),
    run: async ({ rounds = ROUNDS }) => {
      const linux = linuxOn(arch);
      await live(linux, false); // The host has read the images then.
      const times = await interleave(rounds, { off: () => live(linux, false), on: () => live(linux, true) });
      return parts.flatMap((part) => {
        const of = (how: 'on' | 'off') => ({
          name: `recorder-${how}/${arch}/${part}`,
          unit: 'ms',
          samples: times[how].map((each) => each[part]),
        });
        const [off, on] = [of('off'), of('on')];
        const goal = part === 'boot' ? ({ of: 'ratio', atMost: BOOT_AT_MOST } as const) : undefined;
        return [measuredEntry(off), measuredEntry(on), comparisonEntry(nameOf(part), on, off, goal)];
      });
    },
  };
}

async function live({ plan, shell }: BenchLinux, recorder: boolean): Promise<Times> {
  await using machine = await BareMachine.start(plan, recorder);
  const boot = await machine.until(String(shell.prompt));
  let before = boot;
  const work = async (typed: string): Promise<Millis> => {
    machine.type(typed);
    const done = await machine.until('done\r\n');
    const took = done - before;
    before = done;
    return took;
  };
  return { boot, syscalls: await work(WORKLOADS.syscalls), interrupts: await work(WORKLOADS.interrupts) };
}
