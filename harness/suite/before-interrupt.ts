import type { VcpuDialect } from '../arch/vcpu.ts';
import type { VcpuSample } from '../machine/vcpu-sampler.ts';
import type { TraceEvent } from '../trace/interrupt-log.ts';

/**
 * A vCPU as it was before an interrupt that it has taken and not begun to handle. Where the host lets a guest run but now
 * and then, a tick is always due, and every look finds it there.
 * @param events The machine's last ones, oldest first.
 */
export function beforeInterrupt(
  vcpu: VcpuSample,
  events: readonly TraceEvent[],
  { hasJustTaken }: Pick<VcpuDialect, 'hasJustTaken'>,
): VcpuSample {
  const last = events.filter(({ cpu, class: kind }) => (cpu ?? vcpu.cpu) === vcpu.cpu && kind !== 'unknown').at(-1);
  if (last?.class !== 'irq' || last.pc === undefined || !hasJustTaken(vcpu, last)) return vcpu;
  return { ...vcpu, pc: last.pc, privilege: last.from ?? vcpu.privilege, interruptsOn: true };
}
