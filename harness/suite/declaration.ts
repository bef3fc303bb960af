import type { DebugPort } from '../arch/debug-port.ts';
import type { LineRule } from '../console/line-rules.ts';
import type { ShellSpec } from '../console/shell-spec.ts';
import type { Typing } from '../console/typist.ts';
import type { Accelerator, DiskProfile, MachineProfile, NetworkProfile } from '../qemu/profile.ts';
import type { CountedClass } from '../trace/interrupt-count.ts';
import type { TableLayout } from '../trace/result-table.ts';
import type { RingLayout } from '../trace/ring.ts';
import type { ExitTable } from '../verdict/signals.ts';

/** `'250ms'`, `'5s'`, `'2m'`, or a number of milliseconds. */
export type Duration = string | number;

/** One value for every architecture, or one for each. `{arch}` in a text is replaced by the architecture's name. */
export type PerArch<T> = T | { readonly [arch: string]: T };

/**
 * Where something holds: an architecture (`'aarch64'`, or an alias), a target's name (`'mykernel'`) or an environment's id
 * (`'mykernel/aarch64'`, `'mykernel/aarch64/smp'`); of a list, everywhere that one of them names.
 */
export type Places = string | readonly string[];

/** How a case's result is read. What is declared adds up; where two results disagree, the worse one holds. */
export interface ResultsDeclaration {
  /** Whether the exit status of a command counts: 0 passes, all else fails. Default `true`, where the shell tells one. */
  readonly exitStatus?: boolean;
  /** `'when-seen'` (default): a KTAP or TAP document that the guest prints must be complete and fine. `'required'`: there must be one. `'ignored'`. */
  readonly tap?: 'when-seen' | 'required' | 'ignored';
  /** Results told by lines, each matched against every line of the case. */
  readonly lines?: readonly LineRule[];
  /**
   * What QEMU's exit status means: `{ 33: 'pass', 35: 'fail' }`. Gives the guest the architecture's exit device: isa-debug-exit at
   * port 0xf4 on x86-64, semihosting (which also opens the host's files to the guest) on arm64.
   */
  readonly qemuExit?: ExitTable;
  /**
   * The name of one of the target's tables: what it says when the case ends, but for what it said before a command. A guest may
   * power off or reset; one that leaves through the exit device takes its RAM with it.
   */
  readonly table?: string;
}

/**
 * QEMU's trace events that are on: names, or patterns with `*` (`'pci_cfg_*'`), which `qemu-system-… -trace help` lists. A name
 * that QEMU does not have is an error. As an object, with how often each may come.
 */
export type EventsDeclaration = readonly string[] | { readonly [pattern: string]: EventBounds };

/** What does not hold makes the case fail. `{}`: it may come as often as it likes. */
export interface EventBounds {
  readonly min?: number;
  readonly max?: number;
  /** Only those count whose arguments, as QEMU writes them, match: `/offset=16384 to_dev=0/`. */
  readonly matching?: RegExp;
}

/** What a machine boots, on one architecture. Paths are relative to the project's root; `{arch}` in them is replaced. */
export type ImageDeclaration = (
  | {
      readonly from: 'kernel';
      readonly kernel: string;
      readonly initrd?: string;
      readonly append?: string;
      readonly dtb?: string;
      /** A flat binary without a header: its format is not checked. */
      readonly raw?: boolean;
    }
  | { readonly from: 'cdrom'; readonly iso: string }
  /** The disk is bootable by the machine's firmware. The guest writes to an overlay. */
  | { readonly from: 'disk'; readonly disk: string }
  /** A command that starts QEMU itself: its stdin and stdout are the console; `{qmp}` in an argument is the path for `-qmp unix:{qmp}`. */
  | {
      readonly from: 'launcher';
      readonly command: readonly [string, ...string[]];
      readonly cwd?: string;
      readonly env?: Readonly<Record<string, string>>;
    }
) & {
  /** Arguments appended to QEMU's as they are. */
  readonly qemu?: readonly string[];
};

/** A shell that a case's command is typed into. */
export interface ShellDeclaration extends ShellSpec {
  /** A line by which the shell says that it knows no such program, for shells without exit statuses. */
  readonly missing?: RegExp;
}

/** A kernel under test. */
export interface TargetDeclaration {
  readonly name: string;
  /** What to boot, per architecture (`x86_64`, `aarch64`, or an alias). An architecture that is not here is not tested. */
  readonly images: { readonly [arch: string]: ImageDeclaration };
  /** Shell commands are typed here. Without one, only cases that boot an image of their own run on this target. */
  readonly shell?: ShellDeclaration;
  /**
   * What each serial line is for, in order; one list for every architecture, or one for each. Default `['user']`: one
   * line. The shell is on the first.
   */
  readonly consoles?: readonly string[] | { readonly [arch: string]: readonly string[] };
  /**
   * An ELF file with the kernel's symbols, and with its debug information where there is any: the kernel before it was
   * stripped or made an image. Relative to the project's root. Default: the booted kernel itself, when that is an ELF file.
   */
  readonly symbols?: PerArch<string>;
  /**
   * The debug ports that are watched: `'post'` (codes, port 0x80), `'e9'` and `'402'` (text). On arm64 `'post'` is the
   * semihosting console, which also opens the host's files to the guest, and the others are not there. Default: none; boot
   * stages with a `postCode` watch `'post'`. What is written is in the evidence as `ports.txt`.
   */
  readonly ports?: readonly DebugPort[];
  /**
   * Rings of trace events in the kernel's RAM, by name, found by the ELF symbols: the kernel must run where it was linked to.
   * They are read at the end of each case; the evidence has them as `ring-NAME.txt`.
   */
  readonly rings?: { readonly [name: string]: RingLayout };
  /** Tables of test results in the kernel's RAM, found and kept as rings are. {@link ResultsDeclaration.table} has one speak. */
  readonly tables?: { readonly [name: string]: TableLayout };
  /**
   * What the kernel's vectors are for, per architecture: `{ x86_64: { timer: 0x20, syscall: 0x80 }, aarch64: { timer: 5 } }`.
   * On arm64 they are QEMU's numbers of exceptions, which tell an IRQ (5) and no more. `interrupts` of suites and cases know
   * them by name; what comes by a vector that is called as a class is counted to that.
   */
  readonly vectors?: { readonly [arch: string]: { readonly [name: string]: number } };
  /** Trace events that are on in each case, beside the case's own; a boot and a test written as code begin with them. */
  readonly events?: readonly string[];
  /** Lines by which the kernel says that it has died. */
  readonly panics?: readonly RegExp[];
  /** What suites may count on, compared with their `needs`. A shell adds `'shell'`, and `'posix-shell'` when it is one. */
  readonly provides?: readonly string[];
  /** Which suite files run on this target: globs relative to the project's root. Default: all of the project's. */
  readonly suites?: readonly string[];
  /** Profiles by name; each makes an environment. Default `['default']`. */
  readonly profiles?: readonly string[];
  /** Fields of the profile that this target sets otherwise. */
  readonly machine?: Partial<MachineProfile>;
  /**
   * The name of another target that is trusted to be right, such as Linux, and runs the same suites: a case that fails there too, on
   * the same architecture, is told as the test's fault. The run is red all the same.
   */
  readonly oracle?: string;
  /** How results are read unless a suite or case says otherwise. */
  readonly results?: ResultsDeclaration;
  /** How long a boot may take to its shell. Default `'60s'`. */
  readonly bootWithin?: Duration;
  /**
   * How long a case may take unless it says otherwise. Default `'30s'`. Time for which the host keeps the machine waiting
   * for a CPU does not count, neither here nor in any other time that a guest is given.
   */
  readonly timeout?: Duration;
  /** The command that builds the images, for messages about one that is missing. */
  readonly build?: string;
  readonly typing?: Typing;
}

/**
 * Counts the calls of a kernel's functions. `'entry'`: nothing is expected of them. Else how many there may be, `min` and `max`
 * among them, in the environments that `on` names (default: all): of a glob, of all its functions together.
 */
export type ProbeDeclaration = 'entry' | { readonly min?: number; readonly max?: number; readonly on?: Places };

/** What a case runs: a command at the target's shell, or a boot of its own. */
export type CaseDeclaration = CaseCommon &
  (
    | {
        /** Typed at the shell's prompt. */
        readonly run: string;
        readonly boot?: never;
      }
    | {
        /** Boots an image of its own and ends by itself: fields of the target's image and machine that differ. */
        readonly boot: BootDeclaration;
        readonly run?: never;
      }
  );

interface CaseCommon {
  /** What is proven, in a few words. */
  readonly about?: string;
  readonly timeout?: Duration;
  /** The suite's {@link SuiteDeclaration.retry}, for this case. */
  readonly retry?: number;
  /** Merged over the suite's and the target's. */
  readonly results?: ResultsDeclaration;
  /** Merged over the suite's; what is `undefined` here does not hold. */
  readonly interrupts?: InterruptsDeclaration;
  /**
   * Trace events that are on while the command runs, or from the boot's first instruction; beside the suite's and the target's.
   * The evidence has them as `events.txt`.
   */
  readonly events?: EventsDeclaration;
  /**
   * Function probes, by symbol or glob: `{ fork: { min: 1 }, 'sys_*': 'entry' }`. Merged over the suite's. They need the
   * kernel's symbols ({@link TargetDeclaration.symbols}) and a kernel that runs where it was linked to, and slow the guest down:
   * up to 3 times for a few functions, 8 times for 64, which is the most. What was counted is in the results, and with the
   * arguments in the evidence as `probes.txt`.
   */
  readonly probes?: { readonly [symbolOrGlob: string]: ProbeDeclaration };
  /** Not applicable, where `on` says or everywhere. */
  readonly skip?: { readonly on?: Places; readonly because: string };
  readonly expectFailure?: ExpectFailureDeclaration;
}

/**
 * What interrupts and exceptions a case must cause and must not, by class, and by what the target calls a {@link
 * TargetDeclaration.vectors vector}: `{ irq: { min: 10 }, timer: { min: 5, max: 50 }, 'double-fault': { max: 0 } }`. What the kernel takes
 * counts, from the case's begin to its end (of a `boot`: from the machine's start), and not what firmware takes. Only
 * emulated machines tell, and no launcher's.
 */
export type InterruptsDeclaration = { readonly [Class in CountedClass]?: InterruptBounds | undefined } & {
  /** No exceptions (interrupts and calls are none) but those of the classes listed here, and those that have bounds. */
  readonly unexpected?: readonly CountedClass[];
  readonly [vector: string]: InterruptBounds | readonly CountedClass[] | undefined;
};

/** How often something may come; one of the two at least. */
export interface InterruptBounds {
  readonly min?: number;
  readonly max?: number;
}

/**
 * A gap that is known: the case runs, and does not fail the run when it fails, crashes, hangs or times out, or its machine
 * does so on the way to its shell. It keeps its evidence, is not tried again, and is reported as `expected-failure`. Strict:
 * a pass is an `unexpected-pass` and fails the run until this declaration is deleted. A program that is missing stays
 * `missing`, an infrastructure that fails an `error`.
 */
export interface ExpectFailureDeclaration {
  /** Default: everywhere. A place that the project does not have is an error. */
  readonly on?: Places;
  /** Why it fails. Shown with each of its failures. */
  readonly because: string;
  /** Where it is kept track of, as the reader knows it: `'#12'`, an address. */
  readonly issue?: string;
}

export interface BootDeclaration {
  readonly kernel?: PerArch<string>;
  readonly initrd?: PerArch<string>;
  readonly append?: PerArch<string>;
  /** The {@link TargetDeclaration.symbols} of this boot. Default: the target's; with a kernel of its own, that kernel. */
  readonly symbols?: PerArch<string>;
  readonly cpus?: number;
  readonly memory?: string;
  /** Arguments appended to QEMU's as they are. */
  readonly qemu?: readonly string[];
}

/**
 * What the cases of a suite share. `'clone'` (default): nothing; the machine is booted once and frozen at its shell, and each
 * case goes on from there in a copy of its own. `'shared'`: one such copy, cases in order, replaced after anything but a
 * pass. `'fresh'`: nothing; a real boot for each case. Where machines cannot be cloned they are booted, and that is said.
 */
export type Isolation = (typeof isolations)[number];

export const isolations = ['clone', 'shared', 'fresh'] as const;

export interface SuiteDeclaration {
  /** What the target must provide; otherwise every case is skipped, with the reason. */
  readonly needs?: readonly string[];
  readonly isolation?: Isolation;
  /** Fields of the profile that this suite sets otherwise. */
  readonly machine?: Partial<MachineProfile>;
  /** Fewer cases executed than this is a failure, not a green run. Not applied when a filter chose among the cases. */
  readonly atLeast?: number;
  readonly timeout?: Duration;
  /**
   * How often a case that failed, crashed or timed out is tried again, each time on a new machine. Every attempt is kept;
   * a case that passes in the end passes, and is reported as flaky. Default: `twinboot run --retries`, else 0.
   */
  readonly retry?: number;
  readonly results?: ResultsDeclaration;
  /** Holds for each case. */
  readonly interrupts?: InterruptsDeclaration;
  /** Trace events that are on in each case. */
  readonly events?: readonly string[];
  /** Function probes of every case. */
  readonly probes?: { readonly [symbolOrGlob: string]: ProbeDeclaration };
  readonly cases: { readonly [name: string]: CaseDeclaration };
}

/** Reached when its line is printed or its code is written, whichever comes first. */
export type StageDeclaration = StageCommon &
  (
    | { readonly marker: StageMarker; readonly postCode?: number }
    | { readonly marker?: undefined; readonly postCode: number }
  );

/** The line that tells that the stage was reached: a pattern, or a text within the line. */
type StageMarker = RegExp | string;

interface StageCommon {
  readonly name: string;
  readonly marker?: StageMarker | undefined;
  /**
   * A code, 0 to 255, that the kernel writes to port 0x80 on x86-64, or as one byte to the semihosting console (SYS_WRITEC)
   * on arm64. Whether it came before or after other codes does not matter.
   */
  readonly postCode?: number | undefined;
  /** How long after the machine's start the stage may come. */
  readonly within: Duration;
  /** What it means when the stage is not reached. */
  readonly means: string;
  /** Where to look then. */
  readonly look: string;
  /**
   * What the kernel takes from the machine's start until the stage was seen. The guest goes on while its line is on its way: what
   * comes just after it may count as well, so a `max` is for what should not come at all.
   */
  readonly interrupts?: InterruptsDeclaration;
  /** The stage is not reached, or the machine dies before it. Each stage after it that is not reached either says so itself. */
  readonly expectFailure?: ExpectFailureDeclaration;
}

/** There are no retries: one boot tells of all its stages. */
export interface BootStagesDeclaration {
  readonly needs?: readonly string[];
  readonly machine?: Partial<MachineProfile>;
  /**
   * Trace events that are on from the machine's first instruction, beside the target's. How often each may come is judged with the
   * last stage.
   */
  readonly events?: EventsDeclaration;
  readonly stages: readonly StageDeclaration[];
}

export const interruptKeepings = ['failing', 'all'] as const;

export type InterruptKeeping = (typeof interruptKeepings)[number];

/** A project's kernels and how they are tested. */
export interface KernelConfigDeclaration {
  readonly targets: readonly TargetDeclaration[];
  /** Suite files: globs relative to the project's root. Default `['suites/**\/*.suite.ts']`. */
  readonly suites?: readonly string[];
  /** Machines, networks and disks by name, beside those that Twinboot brings. */
  readonly machines?: { readonly [name: string]: MachineProfile };
  readonly networks?: { readonly [name: string]: NetworkProfile };
  readonly disks?: { readonly [name: string]: DiskProfile };
  /** Default `'tcg'`: the same answer on every host. Another is proven by booting something with it, else `tcg` is used and said. */
  readonly accelerator?: Accelerator;
  /**
   * How many machines there may be at once, over all suites and architectures; `--machines` outweighs it. Default: one for
   * each core, fewer where the free memory does not hold so many.
   */
  readonly machinesAtOnce?: number;
  /**
   * Keeps the whole interrupt log of a case's machine in the case's evidence, `interrupts-whole.log`, up to 256 MiB of it: `'failing'`,
   * of cases that did not pass; `'all'`, as `twinboot run --keep-interrupts` does. Default: of no case; the last events of one
   * that did not pass are always kept.
   */
  readonly keepInterrupts?: InterruptKeeping;
  /** Where results go, relative to the project's root. Default `'reports'`. */
  readonly reports?: string;
}
