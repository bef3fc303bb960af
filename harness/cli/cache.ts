import { Command } from 'commander';
import { cacheFolder, cacheLimit, foldersOf } from '../machine/template/cache-folder.ts';
import { type CacheEntry, listEntries } from '../machine/template/cache-room.ts';
import { type Cleared, clearCache } from '../machine/template/clear.ts';
import { formatBytes } from '../units.ts';

interface Contents {
  readonly folder: string;
  readonly limitBytes: number;
  /** What was used last comes first. */
  readonly entries: readonly CacheEntry[];
  readonly bytes: number;
}

/** `twinboot cache`: the booted machines that later runs are cloned from, and what they take of the disk. */
export function cacheCommand(): Command {
  return new Command('cache')
    .description('the booted machines that are kept to be cloned, and how to be rid of them')
    .exitOverride()
    .addCommand(listCommand(), { isDefault: true })
    .addCommand(clearCommand());
}

function listCommand(): Command {
  return new Command('list')
    .description('what is kept, where, and what it takes of the disk')
    .option('--json', 'for a machine to read')
    .exitOverride()
    .action(({ json = false }: { json?: boolean }) => {
      const contents = readContents();
      console.log(json ? toJson(contents) : toText(contents));
    });
}

function clearCommand(): Command {
  return new Command('clear')
    .description('remove all of it; machines that run go on')
    .exitOverride()
    .action(async () => {
      const folder = cacheFolder();
      console.log(clearedText(folder, await clearCache(folder)));
    });
}

function readContents(): Contents {
  const folder = cacheFolder();
  const entries = listEntries(foldersOf(folder).templates).reverse();
  return { folder, limitBytes: cacheLimit(), entries, bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0) };
}

function toText({ folder, limitBytes, entries, bytes }: Contents): string {
  const templates = entries.filter(({ manifest }) => manifest?.kind === 'template');
  const total = `${folder}: ${counted(templates.length, 'template')}, ${formatBytes(bytes)} of ${formatBytes(limitBytes)}`;
  const rows = entries.map((entry) => [
    labelOf(entry),
    formatBytes(entry.bytes),
    `used ${ago(entry.usedAt)}`,
    detailsOf(entry),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 1 ? cell.padStart(widths[1] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  '),
  );
  return [total, ...lines.map((line) => `  ${line}`)].join('\n');
}

function labelOf({ manifest }: CacheEntry): string {
  return manifest?.label ?? 'unfinished';
}

function detailsOf({ manifest }: CacheEntry): string {
  switch (manifest?.kind) {
    case undefined:
      return 'being made, or left by a run that was killed';
    case 'template':
      return `${manifest.machine}, QEMU ${manifest.qemu}`;
    case 'unclonable':
      return `cannot be cloned: ${manifest.because.replaceAll(/\s+/g, ' ')}`;
    default:
      return manifest satisfies never;
  }
}

function clearedText(folder: string, { removed, busy, freedBytes }: Cleared): string {
  const done =
    removed.length === 0
      ? `Nothing to remove in ${folder}.`
      : `Cleared ${folder}: ${formatBytes(freedBytes)} are free again.`;
  if (busy.length === 0) return done;
  const left = busy.length === 1 ? 'is being made by another run and stays' : 'are being made by other runs and stay';
  return `${done}\n${counted(busy.length, 'template')} ${left}.`;
}

function toJson({ folder, limitBytes, entries, bytes }: Contents): string {
  const templates = entries.map(({ folder, manifest, bytes, usedAt }) => ({
    kind: manifest?.kind ?? 'unfinished',
    ...(manifest ? { label: manifest.label, machine: manifest.machine } : {}),
    ...(manifest?.kind === 'template' ? { qemu: manifest.qemu, createdAt: manifest.createdAt } : {}),
    ...(manifest?.kind === 'unclonable' ? { because: manifest.because } : {}),
    bytes,
    usedAt: usedAt.toISOString(),
    folder,
  }));
  return JSON.stringify({ folder, limitBytes, bytes, templates }, undefined, 2);
}

function counted(count: number, noun: string): string {
  return `${count === 0 ? 'no' : count} ${noun}${count === 1 ? '' : 's'}`;
}

const MINUTE = 60_000;

function ago(date: Date): string {
  const age = Date.now() - date.getTime();
  if (age < MINUTE) return 'just now';
  if (age < 60 * MINUTE) return `${Math.floor(age / MINUTE)} min ago`;
  if (age < 48 * 60 * MINUTE) return `${Math.floor(age / 60 / MINUTE)} h ago`;
  return `on ${date.toISOString().slice(0, 10)}`;
}
