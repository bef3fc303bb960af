import { describePlace } from '../verdict/code-place.ts';
import type { VcpuBacktrace } from './backtraces.ts';

/** What a vCPU did: `spin_lock+0x1c (lock.c:42), kernel, interrupts off`. */
export function vcpuLine({ vcpu, frames: [place] }: VcpuBacktrace): string {
  return [
    place ? describePlace(place) : `0x${vcpu.pc.toString(16)}`,
    vcpu.privilege,
    vcpu.interruptsOn ? 'interrupts on' : 'interrupts off',
    ...(vcpu.halted ? ['waits for an interrupt'] : []),
  ].join(', ');
}

/** Every vCPU and its callers. */
export function backtraceText(vcpus: readonly VcpuBacktrace[]): string {
  return vcpus
    .map((each) => {
      const frames = each.frames.map((frame, index) => `  #${index}  ${frame.address ?? ''}  ${describePlace(frame)}`);
      return [`vCPU ${each.vcpu.cpu}: ${vcpuLine(each)}`, ...frames].join('\n');
    })
    .join('\n\n');
}

/** Every vCPU's registers as QEMU prints them. */
export function registerText(vcpus: readonly VcpuBacktrace[]): string {
  return vcpus.map(({ vcpu }) => `vCPU ${vcpu.cpu}\n${vcpu.dump}`).join('\n\n');
}
