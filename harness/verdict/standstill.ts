import { formatMillis } from '../units.ts';
import { type CodePlace, describeFrames } from './code-place.ts';
import type { Diagnosis } from './hang.ts';
import type { Standstill } from './verdict.ts';

/** A diagnosis as a verdict carries it; `undefined` for a machine that computes. */
export function standstillOf({ state, vcpu, pc, forMs, events }: Diagnosis): Standstill | undefined {
  if (state === 'busy') return undefined;
  return { how: state, forMs, vcpu: vcpu.cpu, interruptsOn: vcpu.interruptsOn, events, frames: [placeOf(pc)] };
}

/** Where the machine stands and for how long, in words. */
export function describeStandstill({ how, forMs, vcpu, interruptsOn, events, frames }: Standstill): string {
  const place = describeFrames(frames);
  const masks = interruptsOn ? 'interrupts on' : 'interrupts off';
  const time = formatMillis(forMs);
  const since = events === 0 ? 'not one interrupt' : `${events} interrupts and exceptions`;
  switch (how) {
    case 'halted':
    case 'idle':
      return `every vCPU is halted, vCPU ${vcpu} at ${place}, ${masks}; ${since} for ${time}`;
    case 'spinning':
    case 'spinning-irqs-off':
      return `vCPU ${vcpu} spins at ${place}, ${masks}; ${since} for ${time}`;
    default:
      return how satisfies never;
  }
}

/** What a machine was at when its time was up, for one that is no hang. */
export function describeWork({ vcpu, forMs, events }: Diagnosis): string {
  const time = formatMillis(forMs);
  return vcpu.privilege === 'user'
    ? `vCPU ${vcpu.cpu} was in user mode: a program that did not end, while the kernel took ${events} interrupts and exceptions in ${time}`
    : `vCPU ${vcpu.cpu} computed in the kernel: its registers changed all the while, for ${time}`;
}

function placeOf(pc: bigint): CodePlace {
  return { address: `0x${pc.toString(16)}` };
}
