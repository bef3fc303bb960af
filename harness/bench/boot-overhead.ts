import type { Arch } from '../arch/archs.ts';
import { EnvironmentError } from '../errors.ts';
import { Machine } from '../machine/machine.ts';
import { Deadline, type Millis, monotonicMs } from '../units.ts';
import { bareBoot } from './bare-boot.ts';
import type { Benchmark } from './benchmark.ts';
import { comparisonEntry, measuredEntry } from './entry.ts';
import { interleave } from './interleave.ts';
import { type BenchLinux, linuxOn } from './linux.ts';

const ROUNDS = 20;
const AT_MOST_BARE = 1.05;
const BOOTS_WITHIN: Millis = 300_000;

/** What the harness adds to a boot: from asking for the machine until its prompt has been read, and the same of QEMU alone. */
export function bootOverheadBenchmark(arch: Arch): Benchmark {
  const name = {
    bare: `boot-bare/${arch}`,
    harness: `boot-harness/${arch}`,
    overhead: `boot-overhead/${arch}`,
  } as const;
  return {
    names: Object.values(name),
    run: async ({ rounds = ROUNDS }) => {
      const linux = linuxOn(arch);
      const prompt = String(linux.shell.prompt);
      await bareBoot(linux.plan, prompt); // The host has read the images then.
      const times = await interleave(rounds, {
        bare: () => bareBoot(linux.plan, prompt),
        harness: () => harnessBoot(linux),
      });
      const bare = { name: name.bare, unit: 'ms', samples: times.bare };
      const harness = { name: name.harness, unit: 'ms', samples: times.harness };
      return [
        measuredEntry(bare),
        measuredEntry(harness, { against: bare }),
        comparisonEntry(name.overhead, harness, bare, { of: 'ratio', atMost: AT_MOST_BARE }),
      ];
    },
  };
}

async function harnessBoot({ plan, shell }: BenchLinux): Promise<Millis> {
  const askedAt = monotonicMs();
  await using machine = await Machine.boot(plan);
  const sighted = await machine.console.wait({ from: 0, prompt: shell.prompt }, Deadline.after(BOOTS_WITHIN));
  const took = monotonicMs() - askedAt;
  if (sighted.kind !== 'prompt') throw new EnvironmentError(`no prompt was seen: ${JSON.stringify(sighted)}`);
  return took;
}
