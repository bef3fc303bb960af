import { formatMillis } from '../units.ts';
import type { Diagnosis } from './hang.ts';
import type { Standstill } from './signals.ts';

/**
 * A diagnosis as a verdict carries it.
 * @param location The PC of the vCPU that shows it, with its function where that is known.
 * @returns `undefined` for a machine that computes.
 */
export function standstillOf({ state, vcpu, forMs, events }: Diagnosis, location: string): Standstill | undefined {
  const masks = vcpu.interruptsOn ? 'interrupts on' : 'interrupts off';
  const since = events === 0 ? 'not one interrupt meanwhile' : `${events} interrupts and exceptions meanwhile`;
  switch (state) {
    case 'busy':
      return undefined;
    case 'halted':
      return { how: state, forMs, where: `every vCPU is halted with ${masks}, vCPU ${vcpu.cpu} at ${location}` };
    case 'idle':
      return { how: state, forMs, where: `every vCPU is halted, vCPU ${vcpu.cpu} at ${location}; ${since}` };
    case 'spinning':
    case 'spinning-irqs-off':
      return { how: state, forMs, where: `vCPU ${vcpu.cpu} at ${location}, ${masks}; ${since}` };
    default:
      return state satisfies never;
  }
}

/** What a machine was at when its time was up, for one that is no hang. */
export function describeWork({ vcpu, forMs }: Diagnosis, location: string): string {
  const mode = vcpu.privilege === 'user' ? 'a program (user mode)' : 'the kernel';
  return `vCPU ${vcpu.cpu} was running ${mode} at ${location}, and its registers changed over ${formatMillis(forMs)}`;
}
