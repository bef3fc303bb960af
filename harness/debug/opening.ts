import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describeArch } from '../arch/archs.ts';
import { visible, visibleLine } from '../lines/visible.ts';
import type { Machine } from '../machine/machine.ts';
import type { TypedCommand } from '../machine/typed-command.ts';
import { formatVersion } from '../qemu/version.ts';
import { formatBytes } from '../units.ts';

/** What is told before gdb speaks. */
export interface Opening {
  /** The evidence, as a person typed it. */
  readonly folder: string;
  readonly machine: Machine;
  readonly gdb: string;
  readonly symbols: string | undefined;
  /** What will be typed; `undefined` when nothing will be. */
  readonly typed: TypedCommand | undefined;
  readonly notes: readonly string[];
}

/** Of a template's key, which is 64 digits. */
const SHOWN_KEY = 12;

/** The lines that stand above gdb's: which machine it is, and what one can do with it. */
export function openingText({ folder, machine, gdb, symbols, typed, notes }: Opening): string {
  const { arch, board, cpus, memoryBytes } = machine.plan.machine;
  const qemu = machine.version ? ` ${formatVersion(machine.version)}` : '';
  const words = [arch, board, `${cpus} vCPU${cpus === 1 ? '' : 's'}`, formatBytes(memoryBytes)].join(', ');
  const facts: [string, string][] = [
    ...headlineOf(folder).map((line): [string, string] => ['evidence', line]),
    ['machine', `${words}, ${describeArch(arch).qemuBinary}${qemu}`],
    ['stopped', whereStopped(machine)],
    ...bootedImage(machine),
    ['gdb', gdb],
    ['symbols', symbols ?? 'none'],
    ...(typed
      ? [['types', `\`${visible(typed.command)}\`, ${whenTyped(machine)} (--no-type: nothing)`] as [string, string]]
      : []),
    ...notes.map((note): [string, string] => ['note', visibleLine(note, 1_000)]),
    ['hints', '`continue` runs it, ^C stops it, `bt`, `info threads` for its vCPUs, `quit` ends gdb and the machine'],
  ];
  return [`twinboot debug ${folder}`, ...facts.map(([name, fact]) => `  ${name.padEnd(11)} ${fact}`)].join('\n');
}

function whereStopped({ beginning }: Machine): string {
  return beginning.kind === 'clone'
    ? `at its prompt, where it was frozen: a clone of the template ${path.basename(beginning.folder).slice(0, SHOWN_KEY)}…`
    : 'before its first instruction';
}

function whenTyped({ beginning }: Machine): string {
  return beginning.kind === 'clone' ? 'as soon as the guest runs' : 'as soon as the guest is at its prompt';
}

function bootedImage({ plan: { source } }: Machine): [string, string][] {
  if (source.kind !== 'qemu' || source.image.from !== 'kernel') return [];
  const { kernel, append } = source.image;
  return [['kernel', visible(append ? `${kernel}  ${append}` : kernel)]];
}

/** The verdict in a line. */
function headlineOf(folder: string): string[] {
  try {
    const [line = ''] = readFileSync(path.join(folder, 'verdict.txt'), 'utf8').split('\n', 1);
    return [visible(line)];
  } catch {
    return []; // It was deleted, and is not needed.
  }
}
