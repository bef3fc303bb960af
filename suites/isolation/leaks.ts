import type { CaseDeclaration } from 'twinboot';

/** A change to a machine that whoever uses it next would see. Both are commands of a POSIX shell, run in that shell itself. */
export interface Leak {
  /** Succeeds on a machine that nobody has used. */
  readonly untouched: string;
  /** Changes the machine, so that `untouched` fails from then on. */
  readonly spoil: string;
}

/** The exit status of a case that finds the machine spoilt before it has done anything. */
export const FOUND_SPOILT = 3;

/** Two cases for each leak, with one command: whichever comes second on a machine fails, and so does one that spoils nothing. */
export function casesOf(leaks: Readonly<Record<string, Leak>>): Record<string, CaseDeclaration> {
  const pairs = Object.entries(leaks).flatMap(([what, { untouched, spoil }]) => {
    const use = `untouched || return ${FOUND_SPOILT}\n${spoil}\n! untouched`;
    const run = `untouched() { ${untouched}; }\nuse() { ${use}; }\nuse`;
    return ['once', 'again'].map((time): [string, CaseDeclaration] => [`${what}, ${time}`, { run }]);
  });
  return Object.fromEntries(pairs);
}

/** Seconds since 1970: a time to which clocks are set, in 2001, and one between it and any real one, in 2017. */
const [LONG_AGO, BEFORE_NOW] = [1_000_000_000, 1_500_000_000];

/**
 * What a case could leave behind on a Linux with two vCPUs, a network and two disks: one with files, mounted on /mnt, and
 * an empty one.
 */
export const leaks = {
  'a file in memory': { untouched: '[ ! -e /tmp/left ]', spoil: 'echo left >/tmp/left' },
  'a file of the system that is gone': { untouched: '[ -e /etc/passwd ]', spoil: 'rm /etc/passwd' },
  'a full tmpfs': {
    untouched: 'head -c 65536 /dev/zero >/tmp/probe && rm /tmp/probe',
    spoil: 'dd if=/dev/zero of=/tmp/full bs=1M',
  },
  'a file on a disk': { untouched: '[ ! -e /mnt/left ]', spoil: 'echo left >/mnt/left; sync' },
  'a file of the base image that is overwritten': {
    untouched: 'grep -q base /mnt/hello.txt',
    spoil: 'echo left >/mnt/hello.txt; sync',
  },
  'a disk that is overwritten': {
    // The superblock is at 1024, its magic number at 0x38 (Linux, Documentation/filesystems/ext4/super.rst).
    untouched: 'hexdump -s 1080 -n 2 /dev/vda | grep -q ef53',
    spoil: 'umount /mnt; dd if=/dev/zero of=/dev/vda bs=4k count=1 conv=fsync',
  },
  'a scratch disk that is written': {
    untouched: '[ "$(head -c 4 /dev/vdb)" != left ]',
    spoil: 'echo left | dd of=/dev/vdb conv=fsync',
  },
  'swap space': { untouched: '[ "$(wc -l </proc/swaps)" = 1 ]', spoil: 'mkswap /dev/vdb; swapon /dev/vdb' },
  'a mount': { untouched: '! grep -q "^left " /proc/mounts', spoil: 'mkdir /left; mount -t tmpfs left /left' },
  'a disk that is unmounted': { untouched: 'grep -q " /mnt " /proc/mounts', spoil: 'umount /mnt' },

  'a job in the background': { untouched: '[ -z "$(jobs)" ]', spoil: 'sleep 1000 &' },
  'a stopped job': { untouched: '[ -z "$(jobs)" ]', spoil: "sh -c 'kill -STOP $$'" },
  'an orphan that init has adopted': {
    untouched: '! pidof sleep',
    spoil: 'setsid sh -c "sleep 1000 &"; while ! pidof sleep; do :; done',
  },
  'a listener': {
    untouched: '! netstat -tln | grep :7000',
    spoil: 'nc -l -p 7000 & while ! netstat -tln | grep :7000; do :; done',
  },

  'the name of the host': { untouched: '[ "$(hostname)" = twinboot ]', spoil: 'hostname left' },
  'a sysctl': { untouched: '[ "$(sysctl -n vm.swappiness)" = 60 ]', spoil: 'sysctl -w vm.swappiness=7' },
  'a parameter of the kernel': {
    untouched: '[ "$(cat /sys/module/kernel/parameters/panic)" = 0 ]',
    spoil: 'echo 7 >/sys/module/kernel/parameters/panic',
  },
  'a driver that is unloaded': { untouched: '[ -e /sys/class/net/eth0 ]', spoil: 'rmmod virtio_net' },
  'a device without its driver': {
    untouched: '[ -e /dev/vdb ]',
    spoil: 'echo virtio1 >/sys/bus/virtio/drivers/virtio_blk/unbind',
  },
  'a CPU that is offline': { untouched: '[ "$(nproc)" = 2 ]', spoil: 'echo 0 >/sys/devices/system/cpu/cpu1/online' },
  // At the level that a console does not show.
  'a line of the kernel log': { untouched: '! dmesg | grep left-behind', spoil: 'echo "<7>left-behind" >/dev/kmsg' },

  'the time of day': { untouched: `[ "$(date +%s)" -gt ${BEFORE_NOW} ]`, spoil: `date -s @${LONG_AGO}` },
  'the real-time clock': {
    untouched: `[ "$(cat /sys/class/rtc/rtc0/since_epoch)" -gt ${BEFORE_NOW} ]`,
    spoil: `date -s @${LONG_AGO}; hwclock -u -w`,
  },
  'an alarm of the real-time clock': {
    untouched: '[ -z "$(cat /sys/class/rtc/rtc0/wakealarm)" ]',
    spoil: 'echo +1000 >/sys/class/rtc/rtc0/wakealarm',
  },

  'an address': { untouched: '! ip addr | grep 10.9.8.7', spoil: 'ip addr add 10.9.8.7/24 dev eth0' },
  'a link that is down': { untouched: 'ip link show eth0 | grep LOWER_UP', spoil: 'ip link set eth0 down' },
  'a route that is gone': { untouched: 'ip route | grep default', spoil: 'ip route del default' },
  'a neighbour': { untouched: '! grep 10.0.2.77 /proc/net/arp', spoil: 'arp -s 10.0.2.77 02:00:00:00:00:77' },

  'a variable of the shell': { untouched: '[ -z "$LEFT" ]', spoil: 'export LEFT=behind' },
  'the path of the shell': { untouched: '/bin/sh -c "command -v signal_test"', spoil: 'PATH=' },
  'the folder of the shell': { untouched: '[ "$PWD" = /tmp ]', spoil: 'cd /' },
  'a mask of the shell': { untouched: '[ "$(umask)" = 0022 ]', spoil: 'umask 777' },
  'a limit of the shell': { untouched: '[ "$(ulimit -n)" = 1024 ]', spoil: 'ulimit -n 64' },
  'a signal that the shell ignores': { untouched: '[ -z "$(trap)" ]', spoil: "trap '' INT" },
  'an open file of the shell': { untouched: '[ ! -e /proc/$$/fd/9 ]', spoil: 'exec 9</etc/passwd' },
  'a key of the terminal': { untouched: "stty -a | grep 'intr = ^C'", spoil: 'stty intr ^A' },
} as const satisfies Record<string, Leak>;
