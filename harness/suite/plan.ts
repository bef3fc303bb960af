import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Arch, describeArch, entryFor } from '../arch/archs.ts';
import type { DebugPort } from '../arch/debug-port.ts';
import { DeclarationError } from '../errors.ts';
import { expected } from '../expected.ts';
import type { MachinePlan, MachineSource } from '../machine/plan.ts';
import type { MachineProfile } from '../qemu/profile.ts';
import { perArch } from '../qemu/resolve.ts';
import { type Millis, parseMillis } from '../units.ts';
import type { InterruptExpectation } from '../verdict/interrupt-expectation.ts';
import type {
  BootDeclaration,
  CaseDeclaration,
  Duration,
  EventBounds,
  ImageDeclaration,
  ResultsDeclaration,
  SuiteDeclaration,
  TargetDeclaration,
} from './declaration.ts';
import { type DeclaredProbes, probesOf } from './declared-probes.ts';
import { type Environment, machineOf } from './environment.ts';
import type { ExpectedCalls } from './expected-calls.ts';
import { expectedInterrupts } from './interrupt-words.ts';
import { holdsIn } from './places.ts';

/** What is to be done for one case in one environment. */
export type CasePlan =
  | { readonly kind: 'skip'; readonly because: string }
  | { readonly kind: 'missing'; readonly what: string }
  | ({ readonly kind: 'run'; readonly command: string } & Judged)
  | ({ readonly kind: 'boot' } & Judged);

/** What is known of a case that is carried out. */
export interface Judged {
  readonly machine: MachinePlan;
  readonly timeoutMs: Millis;
  readonly results: ResultsDeclaration;
  /** Absent: whatever interrupts come are fine. */
  readonly interrupts?: InterruptExpectation;
  readonly events: readonly ExpectedEvents[];
  readonly probes: DeclaredProbes;
  /** Of the probes, once they have their places in the kernel. */
  readonly expectedCalls?: readonly ExpectedCalls[];
}

/** Trace events that are on, and how often they may come. */
export interface ExpectedEvents extends EventBounds {
  readonly pattern: string;
}

const DEFAULT_TIMEOUT: Duration = '30s';
const DEFAULT_BOOT_WITHIN: Duration = '60s';

/**
 * @param root The project's root folder: paths in declarations are relative to it.
 * @throws DeclarationError for a network or disk that nobody declared, and for interrupts that nobody can count.
 */
export function planCase(
  environment: Environment,
  suite: SuiteDeclaration,
  declared: CaseDeclaration,
  root: string,
): CasePlan {
  const because = whySkipped(environment, suite.needs, declared);
  if (because) return { kind: 'skip', because };
  const results = { ...environment.target.results, ...suite.results, ...declared.results };
  checkTable(environment, results);
  const timeoutMs = millis(declared.timeout ?? suite.timeout ?? environment.target.timeout ?? DEFAULT_TIMEOUT);
  const exitDevice = results.qemuExit !== undefined;
  const events = eventsOf(environment, suite, declared);
  const probes = probesOf(environment, suite, declared);
  const judgedOn = (machine: MachinePlan) => {
    const interrupts = expectedInterrupts(environment, suite, declared, machine.source.kind);
    return { machine, timeoutMs, results, events, probes, ...(interrupts ? { interrupts } : {}) };
  };
  if (declared.run !== undefined) {
    const machine = planMachine(environment, suite.machine ?? {}, root, { exitDevice });
    return { kind: 'run', command: declared.run.replaceAll('{arch}', environment.arch), ...judgedOn(machine) };
  }
  const missing = missingImage(declared.boot, environment.arch, root);
  if (missing) return { kind: 'missing', what: missing };
  const qemu = [...(suite.machine?.qemu ?? []), ...(declared.boot.qemu ?? [])];
  const machine = planMachine(environment, { ...suite.machine, ...machineOfBoot(declared.boot), qemu }, root, {
    exitDevice,
    boot: declared.boot,
  });
  return { kind: 'boot', ...judgedOn(machine) };
}

/** The trace events of a case or a boot. @throws DeclarationError where nobody can read them. */
export function eventsOf(
  environment: Environment,
  suite: Pick<SuiteDeclaration, 'events' | 'machine'>,
  { events = [] }: Pick<CaseDeclaration, 'events'>,
): ExpectedEvents[] {
  const { id, image } = environment;
  const all = [
    ...[...alwaysTraced(environment, suite.machine), ...(suite.events ?? [])].map((pattern) => ({ pattern })),
    ...(isList(events)
      ? events.map((pattern) => ({ pattern }))
      : Object.entries(events).map(([pattern, bounds]) => ({ pattern, ...bounds }))),
  ];
  if (all.length > 0 && image.from === 'launcher')
    throw new DeclarationError(`${id}: a launcher starts QEMU with its own arguments: its trace events cannot be read`);
  return all;
}

/** The trace events of each machine of an environment: its target's and its profile's. */
export function alwaysTraced({ target, profile }: Environment, overrides: Partial<MachineProfile> = {}): string[] {
  return [...(target.events ?? []), ...(overrides.events ?? profile.events ?? [])];
}

/** @throws DeclarationError for a table that the target does not have. */
function checkTable({ target }: Environment, { table }: ResultsDeclaration): void {
  const tables = Object.keys(target.tables ?? {});
  if (table !== undefined && !tables.includes(table))
    throw new DeclarationError(`${target.name}: ${expected('results.table', tables, table)}`);
}

/** Why a suite's cases do not apply to an environment, or `undefined` when they do. */
export function whySkipped(
  environment: Environment,
  needs: readonly string[] = [],
  declared?: CaseDeclaration,
): string | undefined {
  const { target } = environment;
  const provided = providedBy(environment);
  const lacking = needs.find((need) => !provided.has(need));
  if (lacking) return `needs ${lacking}, which ${target.name} does not provide`;
  if (declared?.run !== undefined && !target.shell) return `needs a shell, and ${target.name} declares none`;
  const skip = declared?.skip;
  if (skip && holdsIn(skip.on, environment)) return skip.because;
  return undefined;
}

export function planMachine(
  environment: Environment,
  overrides: Partial<MachineProfile>,
  root: string,
  {
    exitDevice = false,
    boot = {},
    ports = [],
  }: { exitDevice?: boolean; boot?: BootDeclaration; ports?: readonly DebugPort[] } = {},
): MachinePlan {
  const { target, keepInterrupts } = environment;
  const symbols = symbolsOf(environment, boot);
  const resolved = machineOf(environment, overrides);
  const typing = target.typing ?? target.shell?.typing;
  const watched = watchedPorts([...(target.ports ?? []), ...ports], environment);
  return {
    machine: {
      ...resolved,
      firmware: resolved.firmware && path.resolve(root, resolved.firmware),
      disks: resolved.disks.map((disk) =>
        disk.mode === 'scratch' ? disk : { ...disk, source: path.resolve(root, disk.source) },
      ),
    },
    source: sourceOf(imageOfBoot(environment, boot), environment.arch, root),
    consoles: rolesOf(target.consoles, environment.arch),
    exitDevice,
    ...(watched.length > 0 ? { ports: watched } : {}),
    ...(target.rings || target.tables ? { ram: { rings: target.rings ?? {}, tables: target.tables ?? {} } } : {}),
    ...(keepInterrupts ? { keepsInterrupts: true } : {}),
    ...(target.build ? { build: target.build.replaceAll('{arch}', environment.arch) } : {}),
    ...(symbols ? { symbols: path.resolve(root, symbols) } : {}),
    ...(typing ? { typing } : {}),
  };
}

/** Those that the architecture has. @throws DeclarationError where nobody can watch them. */
function watchedPorts(wanted: readonly DebugPort[], { id, image, arch }: Environment): DebugPort[] {
  if (wanted.length > 0 && image.from === 'launcher')
    throw new DeclarationError(
      `${id}: a launcher starts QEMU with its own arguments: its debug ports cannot be watched`,
    );
  const there: readonly string[] = Object.keys(describeArch(arch).debugPorts);
  return [...new Set(wanted)].filter((port) => there.includes(port));
}

const DEFAULT_ROLES = ['user'];

function isList(value: object): value is readonly string[] {
  return Array.isArray(value);
}

function rolesOf(declared: TargetDeclaration['consoles'], arch: Arch): readonly string[] {
  const roles = declared === undefined || isList(declared) ? declared : entryFor(declared, arch);
  return roles ?? DEFAULT_ROLES;
}

/** How long the environment's boot may take. */
export function bootBudget({ target }: Environment): Millis {
  return millis(target.bootWithin ?? DEFAULT_BOOT_WITHIN);
}

/** A duration that the schema has accepted. */
export function millis(duration: Duration): Millis {
  const ms = parseMillis(duration);
  if (ms === undefined) throw new TypeError(`not a duration: ${duration}`);
  return ms;
}

function providedBy({ target }: Environment): Set<string> {
  const shell = target.shell ? ['shell', ...(target.shell.status === 'posix' ? ['posix-shell'] : [])] : [];
  return new Set([...shell, ...(target.provides ?? [])]);
}

function imageOfBoot({ id, image, arch }: Environment, boot: BootDeclaration): ImageDeclaration {
  const kernel = perArch(boot.kernel, arch);
  const initrd = perArch(boot.initrd, arch);
  const append = perArch(boot.append, arch);
  if (image.from !== 'kernel' && kernel === undefined) {
    const unused = initrd === undefined ? (append === undefined ? undefined : 'append') : 'initrd';
    if (unused)
      throw new DeclarationError(
        `${id}: boot.${unused} needs a kernel; the target boots from ${JSON.stringify(image.from)}`,
      );
    return image;
  }
  const base: ImageDeclaration = image.from === 'kernel' ? image : { from: 'kernel', kernel: '' };
  return {
    ...base,
    ...(kernel === undefined ? {} : { kernel }),
    ...(initrd === undefined ? {} : { initrd }),
    ...(append === undefined ? {} : { append }),
  };
}

function machineOfBoot({ cpus, memory }: BootDeclaration): Partial<MachineProfile> {
  return {
    ...(cpus === undefined ? {} : { cpus }),
    ...(memory === undefined ? {} : { memory }),
  };
}

/** A kernel of the case's own has nothing to do with the symbols of the target's. */
function symbolsOf({ target, arch }: Environment, boot: BootDeclaration): string | undefined {
  return perArch(boot.symbols ?? (boot.kernel === undefined ? target.symbols : undefined), arch);
}

/** A case's own image that does not exist here is no failure of the kernel; the target's own is the environment's trouble. */
function missingImage(boot: BootDeclaration, arch: Arch, root: string): string | undefined {
  for (const [role, declared] of Object.entries({ kernel: boot.kernel, initrd: boot.initrd })) {
    if (declared === undefined) continue;
    const file = perArch(declared, arch);
    if (file === undefined) return `no ${role} is declared for ${arch}`;
    if (!existsSync(path.resolve(root, file))) return `the ${role} ${file} does not exist`;
  }
  return undefined;
}

function sourceOf(image: ImageDeclaration, arch: string, root: string): MachineSource {
  const file = (name: string) => path.resolve(root, name.replaceAll('{arch}', arch));
  switch (image.from) {
    case 'kernel':
      return {
        kind: 'qemu',
        raw: image.raw ?? false,
        image: {
          from: 'kernel',
          kernel: file(image.kernel),
          ...(image.initrd ? { initrd: file(image.initrd) } : {}),
          ...(image.dtb ? { dtb: file(image.dtb) } : {}),
          ...(image.append ? { append: image.append } : {}),
        },
      };
    case 'cdrom':
      return { kind: 'qemu', raw: false, image: { from: 'cdrom', iso: file(image.iso) } };
    case 'disk':
      return { kind: 'qemu', raw: false, image: { from: 'disk', disk: file(image.disk) } };
    case 'launcher': {
      const [program, ...args] = image.command;
      const fill = (text: string) => text.replaceAll('{arch}', arch);
      return {
        kind: 'launcher',
        command: [fill(program), ...args.map(fill)],
        cwd: file(image.cwd ?? '.'),
        env: { ...image.env },
      };
    }
    default:
      return image satisfies never;
  }
}
