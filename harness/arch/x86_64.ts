import { type ArchDescription, elfMachineOf } from './arch.ts';
import { x86Calls } from './x86_64-calls.ts';
import { x86LineScanner } from './x86_64-interrupt-bytes.ts';
import { x86InterruptWords } from './x86_64-interrupt-words.ts';
import { x86InterruptLog } from './x86_64-interrupts.ts';
import { x86Stack } from './x86_64-stack.ts';
import { x86Vcpu } from './x86_64-vcpu.ts';

const EM_386 = 3;
const EM_X86_64 = 62;
const MULTIBOOT_MAGIC = 0x1badb002;

export const x86_64 = {
  name: 'x86_64',
  aliases: ['amd64', 'x86-64', 'x64'],
  qemuBinary: 'qemu-system-x86_64',
  machineType: 'q35',
  cpu: { emulated: undefined, virtualised: 'host' },
  devices: {
    disk: { 'virtio-blk': 'virtio-blk-pci' },
    // Without its boot ROM: nothing boots from the network, and the ROM file is a package of its own.
    nic: 'virtio-net-pci,romfile=',
  },
  // The option ROM that starts a -kernel is a RAM block of its own (QEMU, hw/i386/x86.c, hw/core/loader.c).
  resumesWithKernel: true,
  // Writing V to port 0xf4 ends QEMU with status (V << 1) | 1 (QEMU, hw/misc/debugexit.c).
  exitDevice: ['-device', 'isa-debug-exit,iobase=0xf4,iosize=4'],
  // At 0x80 it takes the place of the board's own port, which only swallows what is written (QEMU 7.2, pc and q35).
  debugPorts: {
    post: (chardev) => ['-device', `isa-debugcon,iobase=0x80,chardev=${chardev}`],
    e9: (chardev) => ['-device', `isa-debugcon,iobase=0xe9,chardev=${chardev}`],
    402: (chardev) => ['-device', `isa-debugcon,iobase=0x402,chardev=${chardev}`],
  },
  interruptLog: x86InterruptLog,
  lineScanner: x86LineScanner,
  interruptWords: x86InterruptWords,
  calls: x86Calls,
  vcpu: x86Vcpu,
  stack: x86Stack,
  gdb: {
    programs: ['gdb-multiarch', 'x86_64-elf-gdb', 'x86_64-linux-gnu-gdb', 'gdb'],
    architecture: 'i386:x86-64',
  },
  nodeArch: 'x64',
  imageFormats: [
    // The Linux/x86 boot protocol, "The Real-Mode Kernel Header": "HdrS" at 0x202.
    { name: 'bzImage', matches: (head) => head.subarray(0x202, 0x206).toString('latin1') === 'HdrS' },
    { name: 'ELF', matches: (head) => elfMachineOf(head) === EM_X86_64 || elfMachineOf(head) === EM_386 },
    { name: 'Multiboot', matches: hasMultibootHeader },
  ],
  elfMachine: EM_X86_64,
} as const satisfies ArchDescription;

/** Multiboot Specification 0.6.96, section 3.1.1: 32-bit aligned magic, flags, and a checksum that makes their sum zero. */
function hasMultibootHeader(head: Buffer): boolean {
  for (let at = 0; at + 12 <= head.length; at += 4) {
    if (head.readUInt32LE(at) !== MULTIBOOT_MAGIC) continue;
    if (((MULTIBOOT_MAGIC + head.readUInt32LE(at + 4) + head.readUInt32LE(at + 8)) & 0xffffffff) === 0) return true;
  }
  return false;
}
