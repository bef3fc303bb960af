import { armCalls } from './aarch64-calls.ts';
import { armLineScanner } from './aarch64-interrupt-bytes.ts';
import { armInterruptWords } from './aarch64-interrupt-words.ts';
import { armInterruptLog } from './aarch64-interrupts.ts';
import { armStack } from './aarch64-stack.ts';
import { armVcpu } from './aarch64-vcpu.ts';
import { type ArchDescription, elfMachineOf } from './arch.ts';

const EM_AARCH64 = 183;
export const aarch64 = {
  name: 'aarch64',
  aliases: ['arm64', 'armv8'],
  qemuBinary: 'qemu-system-aarch64',
  machineType: 'virt',
  // QEMU's own default for this board is a 32-bit CPU; `max` costs a third of the speed under emulation.
  cpu: { emulated: 'cortex-a72', virtualised: 'host' },
  devices: {
    disk: { 'virtio-blk': 'virtio-blk-pci' },
    nic: 'virtio-net-pci,romfile=',
  },
  // The loader writes into guest RAM and is gone (QEMU, hw/arm/boot.c).
  resumesWithKernel: false,
  // SYS_EXIT_EXTENDED carries the status (Arm semihosting 2.0, section 7). Semihosting also opens the host's files to
  // the guest, so it is there only for cases that declare exit statuses.
  exitDevice: ['-semihosting-config', 'enable=on,target=native'],
  // There are no I/O ports. SYS_WRITEC and SYS_WRITE0 write to the semihosting console (Arm semihosting 2.0, section 7);
  // QEMU merges the option with that of the exit device.
  debugPorts: {
    post: (chardev) => ['-semihosting-config', `enable=on,target=native,chardev=${chardev}`],
  },
  interruptLog: armInterruptLog,
  lineScanner: armLineScanner,
  interruptWords: armInterruptWords,
  calls: armCalls,
  vcpu: armVcpu,
  stack: armStack,
  gdb: {
    programs: ['gdb-multiarch', 'aarch64-elf-gdb', 'aarch64-none-elf-gdb', 'aarch64-linux-gnu-gdb', 'gdb'],
    architecture: 'aarch64',
  },
  nodeArch: 'arm64',
  imageFormats: [
    // Linux, Documentation/arm64/booting.rst: "ARM\x64" at 56.
    { name: 'Image', matches: (head) => head.subarray(56, 60).toString('latin1') === 'ARM\x64' },
    // The same document: a compressed Image; QEMU unpacks gzip (hw/arm/boot.c).
    { name: 'Image.gz', matches: (head) => head[0] === 0x1f && head[1] === 0x8b },
    { name: 'ELF', matches: (head) => elfMachineOf(head) === EM_AARCH64 },
  ],
  elfMachine: EM_AARCH64,
} as const satisfies ArchDescription;
