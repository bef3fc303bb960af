import { statSync } from 'node:fs';
import { z } from 'zod';
import { type Arch, archNames } from '../arch/archs.ts';
import { debugPorts } from '../arch/debug-port.ts';
import type { TextPattern } from '../console/patterns.ts';
import { DeclarationError } from '../errors.ts';
import { expected } from '../expected.ts';
import { describeIssues, parseJson } from '../json-document.ts';
import { accelerators } from '../qemu/profile.ts';
import { version } from '../version.ts';
import type { Machine } from './machine.ts';
import { hardwareFiles, imageFiles, type MachineFile } from './machine-files.ts';
import type { MachinePlan } from './plan.ts';
import type { TypedCommand } from './typed-command.ts';

/** In a folder of evidence. */
export const MACHINE_FILE = 'machine.json';

const MACHINE_SCHEMA = 'twinboot-machine/1';

/** What starts a machine once more, as it lies in evidence. */
export interface MachineRecord {
  /** The version of Twinboot that wrote it. */
  readonly harness: string;
  readonly plan: MachinePlan;
  /** The folder of the template that it was cloned from; `undefined` when it was booted. */
  readonly template: string | undefined;
  readonly typed: TypedCommand | undefined;
  /** What its files were when it was written. */
  readonly files: readonly FileStamp[];
}

/** A file that the machine was made of: another size or time is another file. */
interface FileStamp extends MachineFile {
  readonly bytes: number;
  readonly mtimeMs: number;
}

const arch = z.enum(archNames as [Arch, ...Arch[]]);
const count = z.int().positive();
const diskFace = { name: z.string(), interface: z.literal('virtio-blk') };
const sourced = { ...diskFace, source: z.string(), format: z.enum(['raw', 'qcow2']) };

const machine = z.strictObject({
  arch,
  board: z.string(),
  cpu: z.string().exactOptional(),
  cpus: count,
  memoryBytes: count,
  network: z.discriminatedUnion('kind', [
    z.strictObject({ name: z.string(), kind: z.literal('none') }),
    z.strictObject({ name: z.string(), kind: z.literal('user'), restrict: z.boolean() }),
  ]),
  disks: z.array(
    z.discriminatedUnion('mode', [
      z.strictObject({ mode: z.literal('overlay'), ...sourced }),
      z.strictObject({ mode: z.literal('readonly'), ...sourced }),
      z.strictObject({ mode: z.literal('scratch'), ...diskFace, sizeBytes: count }),
    ]),
  ),
  firmware: z.string().exactOptional(),
  accelerator: z.enum(accelerators),
  qemu: z.array(z.string()),
});

const image = z.discriminatedUnion('from', [
  z.strictObject({
    from: z.literal('kernel'),
    kernel: z.string(),
    initrd: z.string().exactOptional(),
    append: z.string().exactOptional(),
    dtb: z.string().exactOptional(),
  }),
  z.strictObject({ from: z.literal('cdrom'), iso: z.string() }),
  z.strictObject({ from: z.literal('disk'), disk: z.string() }),
]);

const plan = z.strictObject({
  machine,
  source: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('qemu'), image, raw: z.boolean() }),
    z.strictObject({
      kind: z.literal('launcher'),
      command: z.tuple([z.string()], z.string()),
      cwd: z.string(),
      env: z.record(z.string(), z.string()),
    }),
  ]),
  consoles: z.array(z.string()).min(1),
  exitDevice: z.boolean(),
  ports: z.array(z.enum(debugPorts)).exactOptional(),
  build: z.string().exactOptional(),
  symbols: z.string().exactOptional(),
  typing: z.strictObject({ chunk: count, pauseMs: z.number().nonnegative() }).exactOptional(),
});

/** JSON has no regular expressions. */
const prompt = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('text'), text: z.string() }),
  z
    .strictObject({ kind: z.literal('pattern'), source: z.string(), flags: z.string() })
    .refine(({ source, flags }) => isRegExp(source, flags), 'expected a regular expression'),
]);

const recordSchema = z.strictObject({
  schema: z.literal(MACHINE_SCHEMA),
  harness: z.string(),
  plan,
  template: z.string().exactOptional(),
  typed: z.strictObject({ command: z.string(), prompt, enter: z.enum(['\n', '\r']) }).exactOptional(),
  files: z.array(z.strictObject({ role: z.string(), path: z.string(), bytes: z.number(), mtimeMs: z.number() })),
});

type WrittenRecord = z.infer<typeof recordSchema>;

/** What is written is read again: a field that a plan gets is a field here. */
type IsRead<Whole, Read> = keyof Whole extends keyof Read ? true : false;
// The guest does not know who reads its RAM, keeps its log, or counts its calls.
true satisfies IsRead<Omit<MachinePlan, 'ram' | 'keepsInterrupts' | 'probes'>, WrittenRecord['plan']>;
true satisfies IsRead<MachinePlan['machine'], WrittenRecord['plan']['machine']>;

/** The text of a file from which {@link parseMachineRecord} knows the machine. @param typed What was typed at its shell. */
export function writeMachineRecord({ plan, beginning }: Machine, typed: TypedCommand | undefined): string {
  const { ram: _ram, keepsInterrupts: _keepsInterrupts, probes: _probes, ...written } = plan;
  const record: WrittenRecord = {
    schema: MACHINE_SCHEMA,
    harness: version,
    plan: written as WrittenRecord['plan'], // Readonly there, and JSON leaves out what is undefined.
    ...(beginning.kind === 'clone' ? { template: beginning.folder } : {}),
    ...(typed ? { typed: { ...typed, prompt: toWritten(typed.prompt) } } : {}),
    files: filesOf(plan).flatMap((file) => stampOf(file) ?? []),
  };
  return `${JSON.stringify(record, undefined, 2)}\n`;
}

/**
 * @param name The file, for messages.
 * @throws DeclarationError naming the file and each place in it that is not as it should be.
 */
export function parseMachineRecord(text: string, name: string): MachineRecord {
  const value = parseJson(text, name);
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined;
  if (schema !== MACHINE_SCHEMA) {
    throw new DeclarationError(
      `${name}: ${expected('schema', [MACHINE_SCHEMA], schema)}; it was written by another version of Twinboot than this one (${version})`,
    );
  }
  const checked = recordSchema.safeParse(value);
  if (!checked.success)
    throw new DeclarationError(describeIssues(name, value, checked.error.issues), { cause: checked.error });
  const { harness, plan, template, typed, files } = checked.data;
  const { cpu, firmware } = plan.machine;
  return {
    harness,
    plan: { ...plan, machine: { ...plan.machine, cpu, firmware } },
    template,
    typed: typed && { ...typed, prompt: fromWritten(typed.prompt) },
    files,
  };
}

/** The files that are not what they were, or not there. */
export function changedFiles({ files }: Pick<MachineRecord, 'files'>): readonly MachineFile[] {
  return files.filter((file) => {
    const now = stampOf(file);
    return now?.bytes !== file.bytes || now.mtimeMs !== file.mtimeMs;
  });
}

/** What is not the machine's own, but tells its functions' names. */
export const SYMBOLS_ROLE = 'symbols';

function filesOf({ source, machine, symbols }: MachinePlan): MachineFile[] {
  return [
    ...(source.kind === 'qemu' ? [...imageFiles(source.image), ...hardwareFiles(machine)] : []),
    ...(symbols === undefined || isBooted(source, symbols) ? [] : [{ role: SYMBOLS_ROLE, path: symbols }]),
  ];
}

function isBooted(source: MachinePlan['source'], file: string): boolean {
  return source.kind === 'qemu' && imageFiles(source.image).some(({ path }) => path === file);
}

function stampOf({ role, path }: MachineFile): FileStamp | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && { role, path, bytes: stat.size, mtimeMs: stat.mtimeMs };
}

function toWritten(pattern: TextPattern): z.infer<typeof prompt> {
  return typeof pattern === 'string'
    ? { kind: 'text', text: pattern }
    : { kind: 'pattern', source: pattern.source, flags: pattern.flags };
}

function fromWritten(written: z.infer<typeof prompt>): TextPattern {
  return written.kind === 'text' ? written.text : new RegExp(written.source, written.flags);
}

function isRegExp(source: string, flags: string): boolean {
  try {
    new RegExp(source, flags);
    return true;
  } catch {
    return false;
  }
}
