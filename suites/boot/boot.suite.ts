import { defineBoot } from 'twinboot';

defineBoot('boot', {
  stages: [
    {
      name: 'kernel entry',
      marker: /Linux version \S+/,
      within: '120s',
      means: 'the loader never reached the kernel, or the kernel has no console',
      look: 'boot protocol, load address, the console= argument',
    },
    {
      name: 'memory',
      marker: /Memory: \d+K\/\d+K available/,
      within: '120s',
      means: 'the kernel did not set up its page allocator',
      look: 'the memory map that firmware or device tree hands over, the first page tables',
    },
    {
      name: 'timer',
      marker: /Calibrating delay loop/,
      within: '120s',
      means: 'no clock source was found',
      look: 'APIC timer and TSC on x86-64, the generic timer on arm64',
    },
    {
      name: 'CPUs up',
      marker: /smp: Brought up 1 node, 2 CPUs/,
      within: '120s',
      means: 'a secondary CPU did not start',
      look: 'INIT and SIPI on x86-64, PSCI CPU_ON on arm64',
    },
    {
      name: 'console',
      marker: /printk: console \[tty(S|AMA)0\] enabled|console \[tty(S|AMA)0\] enabled/,
      within: '120s',
      means: 'the serial driver did not take the console over from early output',
      look: '8250 or PL011 driver, ACPI or device tree description of the UART',
    },
    {
      name: 'root filesystem',
      marker: 'init: root filesystem ready',
      within: '120s',
      means: 'the initramfs was not unpacked, or its file systems did not mount',
      look: 'the initrd argument, initramfs size against memory, devtmpfs',
    },
    {
      name: 'init',
      marker: 'init: ready',
      within: '120s',
      means: 'user space started and init did not come to its end',
      look: 'drivers that init loads, mounts that wait for a device, DHCP',
    },
    {
      name: 'shell',
      marker: 'built-in shell (ash)',
      within: '120s',
      means: 'init could not start a shell on the console',
      look: 'controlling terminal, /dev/console, exec of the shell',
    },
  ],
});
