import type { ArchDescription } from '../arch/arch.ts';
import { describeArch } from '../arch/archs.ts';
import { type DebugPort, debugPorts } from '../arch/debug-port.ts';
import type { ResolvedMachine } from './resolve.ts';

/** What the machine boots, every path absolute. */
export type BootImage =
  | {
      readonly from: 'kernel';
      readonly kernel: string;
      readonly initrd?: string;
      readonly append?: string;
      readonly dtb?: string;
    }
  | { readonly from: 'cdrom'; readonly iso: string }
  | { readonly from: 'disk'; readonly disk: string };

/** Where a machine's streams lead. */
export interface Wiring {
  /** Chardev options behind the monitor, as in `socket,fd=3`; `undefined` for a machine without one. */
  readonly monitor: string | undefined;
  /** Chardev options behind each serial line, in order. */
  readonly consoles: readonly string[];
  /** File behind each of the machine's disks, in order, as the guest may write it. */
  readonly disks: readonly DiskFile[];
  /** File behind an image that boots from disk. */
  readonly bootDisk?: DiskFile;
  /** Socket that carries a restricted network's frames to the harness; without it, slirp stands in, with no services. */
  readonly services: string | undefined;
  /** The first instruction waits for the monitor's `cont`. */
  readonly startStopped: boolean;
  /** A file behind the guest's RAM; without it, the RAM is anonymous. */
  readonly memory?: MemoryFile;
  /** The monitor's `migrate-incoming` says where the machine's state comes from; it does not boot. */
  readonly incoming?: boolean;
  /** QEMU may start no process and gain no privilege: the guest is not trusted. Not every build of QEMU can. */
  readonly sandbox: boolean;
  /** The guest may end QEMU with an exit status. */
  readonly exitDevice: boolean;
  /** Chardev options behind each debug port that is watched. Those that the architecture does not have are left out. */
  readonly ports?: { readonly [port in DebugPort]?: string };
  /** A guest that shuts down is kept, stopped, until QEMU is told to quit. Not one that ends QEMU by its exit device. */
  readonly staysAfterShutdown?: boolean;
  /** File that every interrupt, exception and reset is written to, as it happens. */
  readonly interruptLog?: string;
  /** Addresses of functions, in hexadecimal: each time one is called, the log gets the registers. */
  readonly probes?: readonly string[];
}

export interface MemoryFile {
  readonly path: string;
  /** `written`: the guest writes to the file. `copied`: it reads the file, and a page that it writes becomes its own. */
  readonly pages: 'written' | 'copied';
}

export interface DiskFile {
  readonly path: string;
  readonly format: 'raw' | 'qcow2';
  readonly readonly: boolean;
}

/** QEMU's arguments, its binary not included. Pure: the same machine gives the same arguments. */
export function qemuArgv(machine: ResolvedMachine, image: BootImage, wiring: Wiring): string[] {
  const arch = describeArch(machine.arch);
  const { memory } = wiring;
  return [
    ...[
      '-machine',
      memory ? `${machine.board},memory-backend=${MEMORY_BACKEND}` : machine.board,
      '-accel',
      machine.accelerator,
    ],
    ...(machine.cpu ? ['-cpu', machine.cpu] : []),
    ...['-smp', String(machine.cpus), '-m', `${machine.memoryBytes / 2 ** 20}M`],
    ...(memory ? memoryArgv(memory, machine) : []),
    // A reset ends QEMU, so that a kernel which resets for ever is seen the first time.
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    // The guest's clocks agree with each other, also in a machine that was frozen for a while.
    ...['-rtc', 'clock=vm'],
    ...(machine.firmware ? ['-bios', machine.firmware] : []),
    ...monitorArgv(wiring),
    ...wiring.consoles.flatMap((chardev, index) => [
      '-chardev',
      `${chardev},id=console${index}`,
      '-serial',
      `chardev:console${index}`,
    ]),
    ...machine.disks.flatMap((disk, index) => {
      const file = wiring.disks[index];
      return file ? diskArgv(`disk${index}`, file, arch.devices.disk[disk.interface]) : [];
    }),
    ...networkArgv(machine, wiring, arch.devices.nic),
    ...imageArgv(image, wiring, arch),
    ...(wiring.exitDevice ? arch.exitDevice : []),
    ...debugPorts.flatMap((port) => debugPortArgv(port, wiring, arch)),
    ...(wiring.staysAfterShutdown ? ['-action', 'shutdown=pause'] : []),
    ...logArgv(wiring),
    ...machine.qemu,
    ...(wiring.sandbox && !machine.qemu.includes('-sandbox') ? SANDBOX : []),
    ...(wiring.startStopped ? ['-S'] : []),
    ...(wiring.incoming ? ['-incoming', 'defer'] : []),
  ];
}

/** The id of the guest's RAM when a file is behind it. */
export const MEMORY_BACKEND = 'ram';

const SANDBOX = ['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'];

function memoryArgv({ path, pages }: MemoryFile, { memoryBytes }: ResolvedMachine): string[] {
  const share = pages === 'written' ? 'on' : 'off';
  const file = `mem-path=${escapeOptionValue(path)},size=${memoryBytes},share=${share}`;
  return ['-object', `memory-backend-file,id=${MEMORY_BACKEND},${file}`];
}

/** QEMU splits option values on commas; one that belongs to the value is doubled (QEMU, docs/system/qemu-manpage). */
export function escapeOptionValue(value: string): string {
  return value.replaceAll(',', ',,');
}

function monitorArgv({ monitor }: Wiring): string[] {
  return monitor ? ['-chardev', `${monitor},id=monitor`, '-mon', 'chardev=monitor,mode=control'] : [];
}

function diskArgv(id: string, file: DiskFile, device: string): string[] {
  const drive = [`file=${escapeOptionValue(file.path)}`, `format=${file.format}`, 'if=none', `id=${id}`];
  // Writes of a guest that is thrown away need not reach the host's platter.
  drive.push(file.readonly ? 'readonly=on' : 'cache=unsafe');
  return ['-drive', drive.join(','), '-device', `${device},drive=${id}`];
}

/**
 * A probe is of the block of code that begins at a function's first byte. Blocks that jump straight to one another are not
 * logged: `nochain` has each of them looked up (QEMU, accel/tcg/cpu-exec.c).
 */
function logArgv({ interruptLog, probes = [] }: Wiring): string[] {
  if (!interruptLog) return [];
  if (probes.length === 0) return ['-d', 'int,cpu_reset', '-D', interruptLog];
  const ranges = probes.map((address) => `${address}+1`).join(',');
  return ['-d', 'int,cpu_reset,exec,cpu,nochain', '-dfilter', ranges, '-D', interruptLog];
}

function debugPortArgv(port: DebugPort, { ports = {} }: Wiring, arch: ArchDescription): string[] {
  const [chardev, device] = [ports[port], arch.debugPorts[port]];
  const id = `port-${port}`;
  return chardev && device ? ['-chardev', `${chardev},id=${id}`, ...device(id)] : [];
}

/** On a restricted network the harness is all there is besides the guest; else slirp stands between guest and host. */
function networkArgv({ network }: ResolvedMachine, wiring: Wiring, nic: string): string[] {
  switch (network.kind) {
    case 'none':
      return ['-nic', 'none'];
    case 'user': {
      const backend = network.restrict ? (wiring.services ?? 'user,restrict=on') : 'user';
      return ['-netdev', `${backend},id=net0`, '-device', `${nic},netdev=net0`];
    }
    default:
      return network satisfies never;
  }
}

function imageArgv(image: BootImage, wiring: Wiring, arch: ArchDescription): string[] {
  switch (image.from) {
    case 'kernel':
      if (wiring.incoming) return arch.resumesWithKernel ? ['-kernel', image.kernel] : [];
      return [
        ...['-kernel', image.kernel],
        ...(image.initrd ? ['-initrd', image.initrd] : []),
        ...(image.dtb ? ['-dtb', image.dtb] : []),
        ...(image.append ? ['-append', image.append] : []),
      ];
    case 'cdrom':
      return ['-drive', `file=${escapeOptionValue(image.iso)},format=raw,media=cdrom,readonly=on`, '-boot', 'd'];
    case 'disk':
      return wiring.bootDisk ? diskArgv('boot', wiring.bootDisk, `${arch.devices.disk['virtio-blk']},bootindex=0`) : [];
    default:
      return image satisfies never;
  }
}
