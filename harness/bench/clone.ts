import type { Arch } from '../arch/archs.ts';
import { EnvironmentError } from '../errors.ts';
import type { Machine } from '../machine/machine.ts';
import { Seats } from '../suite/seats.ts';
import { type Millis, monotonicMs } from '../units.ts';
import type { Benchmark } from './benchmark.ts';
import { comparisonEntry, type Measurement, measuredEntry } from './entry.ts';
import { interleave } from './interleave.ts';
import { answerOnce, type BenchLinux, linuxOn, refuseNotice, requireReady } from './linux.ts';
import { spreadOf } from './statistics.ts';

const ROUNDS = 15;
/** In each round: they follow one another as the cases of a suite do. */
const CLONES = 4;
/** From spawn to the first answer, in the median. */
const REACH: Readonly<Record<Arch, Millis>> = { x86_64: 100, aarch64: 150 };
/** Of what a boot of the same Linux takes. */
const SHARE_OF_BOOT = 0.1;

/** A machine from its spawn to its first answer, cloned and booted in turn, and where a clone's time goes. */
export function cloneBenchmark(arch: Arch): Benchmark {
  const name = {
    fresh: `fresh/${arch}`,
    clone: `clone/${arch}`,
    loaded: `clone-loaded/${arch}`,
    whole: `clone-whole/${arch}`,
    comparison: `clone-vs-fresh/${arch}`,
  } as const;
  return {
    names: Object.values(name),
    run: async ({ rounds = ROUNDS }) => {
      const linux = linuxOn(arch);
      const clones = new Seats(linux.environment, linux.shell, 'clone');
      const boots = new Seats(linux.environment, linux.shell, 'boot');
      await live(clones, linux); // The first one makes the template.
      const lives = await interleave(rounds, {
        clones: () => inTurn(CLONES, () => live(clones, linux, loading)),
        fresh: () => live(boots, linux),
      });
      const cloned = lives.clones.flat();
      const fresh = milliseconds(name.fresh, lives.fresh, 'answered');
      const clone = milliseconds(name.clone, cloned, 'answered');
      return [
        measuredEntry(fresh),
        measuredEntry(clone, { against: fresh, goal: { of: 'median', atMost: REACH[arch] } }),
        measuredEntry(milliseconds(name.loaded, cloned, 'loaded'), { against: clone }),
        measuredEntry(milliseconds(name.whole, cloned, 'whole'), { against: clone }),
        comparisonEntry(name.comparison, { ...clone, samples: typicalOf(lives.clones) }, fresh, {
          of: 'ratio',
          atMost: SHARE_OF_BOOT,
        }),
      ];
    },
  };
}

interface Life {
  /** From spawn to the first answer. */
  readonly answered: Millis;
  /** From asking for the machine until nothing is left of it: what a case of one command costs. */
  readonly whole: Millis;
}

async function live(seats: Seats, linux: BenchLinux): Promise<Life>;
async function live<More>(seats: Seats, linux: BenchLinux, look: (machine: Machine) => More): Promise<Life & More>;
async function live(seats: Seats, { plan }: BenchLinux, look: (machine: Machine) => object = () => ({})) {
  const askedAt = monotonicMs();
  const seat = requireReady(await seats.take(plan, refuseNotice));
  await using machine = seat.machine;
  await answerOnce(seat.session);
  const answered = machine.ageMs;
  const more = look(machine);
  await machine.stop();
  return { ...more, answered, whole: monotonicMs() - askedAt };
}

/** What a clone of each round took, to be held against the boot beside it. */
function typicalOf(rounds: readonly (readonly Life[])[]): Millis[] {
  return rounds.map((lives) => spreadOf(lives.map(({ answered }) => answered)).median);
}

async function inTurn<Done>(times: number, act: () => Promise<Done>): Promise<Done[]> {
  const done: Done[] = [];
  while (done.length < times) done.push(await act());
  return done;
}

/** From spawn until the guest goes on where it was frozen, as QEMU told it (QEMU, qapi/migration.json, MIGRATION). */
function loading({ qmp }: Machine): { readonly loaded: Millis } {
  const completed = qmp?.events.find(({ name, data }) => name === 'MIGRATION' && data.status === 'completed');
  if (!completed) throw new EnvironmentError('QEMU did not tell that it has loaded its state');
  return { loaded: completed.atMs };
}

function milliseconds<Point extends string>(
  name: string,
  lives: readonly Readonly<Record<Point, Millis>>[],
  point: Point,
): Measurement {
  return { name, unit: 'ms', samples: lives.map((each) => each[point]) };
}
