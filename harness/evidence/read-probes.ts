import type { Machine } from '../machine/machine.ts';
import type { HeldMachine } from '../machine/vcpu-sampler.ts';
import type { ProbeReading } from '../trace/function-probes.ts';
import type { Bytes, Deadline } from '../units.ts';
import { compareCode } from './same-kernel.ts';
import { openSymbolFile } from './symbol-table.ts';

/** What the probes of a machine have counted, and whether a count of nothing means that nothing was called. */
export interface CountedCalls extends ProbeReading {
  /**
   * Whether the kernel runs where its ELF file has it: `there` when a probed function was called or its code stands in RAM,
   * `elsewhere` when other code stands there, `unknown` when no RAM is mapped there, or the machine had ended.
   */
  readonly kernel: 'there' | 'elsewhere' | 'unknown';
}

/** So many functions are looked at in RAM. */
const COMPARED = 8;

/** Begins to count anew: what ran before is forgotten. Never rejects. */
export async function beginProbes(machine: Machine, within: Deadline): Promise<void> {
  const { probes } = machine;
  if (probes) await whileHeld(machine, within, async () => probes.begin());
}

/** What has been counted, to the last call before now. Never rejects. @returns `undefined` for a machine without probes. */
export async function readProbes(machine: Machine, within: Deadline): Promise<CountedCalls | undefined> {
  const { probes } = machine;
  if (!probes) return undefined;
  const held = await whileHeld(machine, within, async (memory) => {
    const reading = probes.read();
    return judged(reading, isCalled(reading) ? 'there' : await locate(machine, memory));
  });
  if (held) return held;
  // It has ended, and then it is read to its end.
  await within.race([machine.ended], undefined);
  return judged(probes.read(), 'unknown');
}

function judged(reading: ProbeReading, found: CountedCalls['kernel']): CountedCalls {
  const kernel = isCalled(reading) ? 'there' : found;
  return { ...reading, kernel, problems: [...reading.problems, ...DOUBTS[kernel]] };
}

function isCalled({ functions }: ProbeReading): boolean {
  return functions.some(({ calls }) => calls > 0);
}

/** Why no call was seen, where it may be that none could be. */
const DOUBTS: Readonly<Record<CountedCalls['kernel'], readonly string[]>> = {
  there: [],
  elsewhere: [
    'no call was seen: the kernel has other code where its symbols say the functions are; it is another build, or was loaded elsewhere (KASLR: boot with nokaslr)',
  ],
  unknown: [
    'no call was seen, and nothing shows that the kernel ran where its symbols say (KASLR: boot with nokaslr): probe a function that surely runs as well',
  ],
};

async function whileHeld<T>(
  machine: Machine,
  within: Deadline,
  work: (memory: HeldMachine) => Promise<T>,
): Promise<T | undefined> {
  const held = machine.vcpus?.hold(async (memory) => {
    await machine.logRead();
    return work(memory);
  });
  return held && within.race([held.catch(() => undefined)], undefined);
}

/** Where the kernel is, as far as RAM tells. A vCPU that runs a program may not see the kernel. */
async function locate({ plan }: Machine, held: HeldMachine): Promise<CountedCalls['kernel']> {
  const elf = await openSymbolFile(plan);
  if (typeof elf === 'string') return 'unknown';
  const addresses = (plan.probes ?? []).slice(0, COMPARED).map(({ address }) => BigInt(address));
  const read = async (address: bigint, bytes: Bytes): Promise<Buffer> => {
    for (let cpu = 0; cpu < plan.machine.cpus; cpu++) {
      const piece = await held.readMemory(cpu, address, bytes);
      if (piece.length > 0) return piece;
    }
    return Buffer.alloc(0);
  };
  const same = await compareCode(elf, addresses, read);
  if (same.includes(true)) return 'there';
  return same.includes(false) ? 'elsewhere' : 'unknown';
}
