import type { CallDialect } from './calls.ts';
import type { DebugPortDevices } from './debug-port.ts';
import type { LineScanner } from './interrupt-bytes.ts';
import type { InterruptLogDialect } from './interrupt-log.ts';
import type { InterruptWords } from './interrupt-words.ts';
import type { StackDialect } from './stack.ts';
import type { VcpuDialect } from './vcpu.ts';

/** What the rest of the harness may know of an architecture. One file per architecture fills it in. */
export interface ArchDescription {
  /** The name used in environments, results and folders: GCC's and QEMU's spelling. */
  readonly name: string;
  /** Other spellings that people use; normalised to `name` wherever one is read. */
  readonly aliases: readonly string[];
  readonly qemuBinary: string;
  /** QEMU's `-M` when a profile names none. */
  readonly machineType: string;
  /** QEMU's `-cpu` per accelerator when a profile names none; `undefined` leaves QEMU's own default. */
  readonly cpu: { readonly emulated: string | undefined; readonly virtualised: string };
  readonly devices: {
    /** `-device` of a disk and of a network card, without `drive=` and `netdev=`. */
    readonly disk: Readonly<Record<'virtio-blk', string>>;
    readonly nic: string;
  };
  /**
   * Whether QEMU needs `-kernel` to take up the state of a machine that was booted with it: on some boards the loader is part
   * of that state. Where it does not, reading the files again is only time lost.
   */
  readonly resumesWithKernel: boolean;
  /** argv that lets the guest end QEMU with an exit status of its own. */
  readonly exitDevice: readonly string[];
  /** The debug ports that there are, or what stands for them. */
  readonly debugPorts: DebugPortDevices;
  /** How `-d int,cpu_reset` and the monitor's register dumps read. */
  readonly interruptLog: InterruptLogDialect;
  /** The same log's lines, as bytes. */
  readonly lineScanner: LineScanner;
  /** What they mean. */
  readonly interruptWords: InterruptWords;
  /** How function probes read. */
  readonly calls: CallDialect;
  readonly vcpu: VcpuDialect;
  readonly stack: StackDialect;
  /** Debuggers that may know this architecture, best first, and what they call it (`set architecture`). */
  readonly gdb: { readonly programs: readonly string[]; readonly architecture: string };
  /** What Node calls this architecture in `os.arch()`: only there can a hardware accelerator run it. */
  readonly nodeArch: string;
  /** The image formats that QEMU's `-kernel` boots here. */
  readonly imageFormats: readonly ImageFormat[];
  /** ELF e_machine (ELF-64 object file format, "ELF header"), to tell a kernel of another architecture. */
  readonly elfMachine: number;
}

/** A kernel image format, recognised by its first bytes. */
export interface ImageFormat {
  readonly name: string;
  /** Whether `head`, the first {@link IMAGE_HEAD_BYTES} of the file or all of a shorter one, is of this format. */
  readonly matches: (head: Buffer) => boolean;
}

/** Multiboot headers lie within the first 8 KiB (Multiboot Specification 0.6.96, section 3.1). */
export const IMAGE_HEAD_BYTES = 8192;

const ELF_MAGIC = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);
const ELF_MACHINE_OFFSET = 18;

/** e_machine of an ELF file, or `undefined` when `head` does not begin one. */
export function elfMachineOf(head: Buffer): number | undefined {
  if (head.length < ELF_MACHINE_OFFSET + 2 || !head.subarray(0, 4).equals(ELF_MAGIC)) return undefined;
  const bigEndian = head[5] === 2;
  return bigEndian ? head.readUInt16BE(ELF_MACHINE_OFFSET) : head.readUInt16LE(ELF_MACHINE_OFFSET);
}
