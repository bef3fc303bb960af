import { Command, InvalidArgumentError, Option } from 'commander';
import { archSpellings } from '../arch/archs.ts';
import { probeTable } from '../evidence/probe-text.ts';
import { type ProbedRun, probeMachine } from '../probe/session.ts';
import { formatMillis, type Millis, parseMillis } from '../units.ts';
import { declaredEnvironment } from '../vitest/declared-environment.ts';
import { ExitCode } from './exit-code.ts';
import { LiveText } from './live-text.ts';

interface Flags {
  readonly arch?: string;
  readonly profile?: string;
  readonly run?: string;
  readonly for?: Millis;
  readonly arguments: number;
  readonly json?: boolean;
  readonly config?: string;
}

const DEFAULT_ARGUMENTS = 3;
const MOST_ARGUMENTS = 8;

/** `twinboot probe TARGET FUNCTION…`: how often a kernel's functions are called, with which arguments. */
export function probeCommand(): Command {
  return new Command('probe')
    .description('count the calls of a kernel’s functions, with their arguments, without touching the kernel')
    .argument('<target>', 'one of this folder’s targets; its `symbols` tell where functions are')
    .argument('<function...>', 'names and globs: fork, "sys_*"')
    .addOption(new Option('--arch <arch>', `the architecture (${archSpellings.join(', ')})`))
    .option('--profile <name>', 'with this machine profile instead of the target’s own')
    .option('--run <command>', 'count while the target’s shell runs this (default: from the first instruction on)')
    .option(
      '--for <time>',
      'end after this time: 10s, 2m (default: a command’s timeout; a boot’s end, or Ctrl-C)',
      parseTime,
    )
    .option('--arguments <number>', 'how many arguments are shown', parseCount, DEFAULT_ARGUMENTS)
    .option('--json', 'for a machine to read')
    .option('-c, --config <file>', 'the vitest configuration (default: vitest.config.ts in this folder)')
    .addHelpText(
      'after',
      `
The guest runs up to 3 times slower while a few functions are probed, up to 8
times with 64, which is the most. Calls that the compiler inlined are none. The
kernel must run where it was linked to (Linux: nokaslr).`,
    )
    .exitOverride()
    .action(async (target: string, probes: string[], flags: Flags) => {
      process.exitCode = await probe(target, probes, flags);
    });
}

async function probe(target: string, probes: readonly string[], flags: Flags): Promise<number> {
  const { environment, root } = await declaredEnvironment(
    { target, arch: flags.arch, profile: flags.profile },
    flags.config,
  );
  const live = process.stdout.isTTY && !flags.json ? new LiveText(process.stdout) : undefined;
  const run = await probeMachine({
    environment,
    root,
    probes,
    command: flags.run,
    within: flags.for,
    interruption,
    tell: (text) => console.error(`twinboot: ${text}`),
    show: ({ reading, lastLine }) =>
      live?.show(`${probeTable(reading, { shownArguments: flags.arguments })}\n${said(lastLine)}`),
  }).finally(() => live?.clear());
  console.log(flags.json ? toJson(environment.id, run) : toText(environment.id, run, flags));
  return run.counted.problems.length > 0 ? ExitCode.verdict : ExitCode.ok;
}

/** Ctrl-C ends the counting, and what was counted is shown; before it begins, or a second time, it ends everything. */
function interruption(): AbortSignal {
  const interrupted = new AbortController();
  const stop = (): void => interrupted.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  return interrupted.signal;
}

function toText(id: string, { counted, ended, lastLine }: ProbedRun, flags: Flags): string {
  return [
    `${id}, ${formatMillis(counted.tookMs)}: ${ended}`,
    said(lastLine),
    '',
    probeTable(counted, { shownArguments: flags.arguments }),
  ].join('\n');
}

function said(lastLine: string): string {
  return lastLine === '' ? 'the guest has said nothing' : `last line: ${lastLine}`;
}

function toJson(id: string, { counted, ended, lastLine }: ProbedRun): string {
  const inHex = (_: string, value: unknown) => (typeof value === 'bigint' ? `0x${value.toString(16)}` : value);
  return JSON.stringify({ environment: id, ended, lastLine, ...counted }, inHex, 2);
}

function parseTime(text: string): Millis {
  const time = parseMillis(text);
  if (!time) throw new InvalidArgumentError('expected a time such as 10s or 2m');
  return time;
}

function parseCount(text: string): number {
  if (/^\d$/.test(text) && Number(text) <= MOST_ARGUMENTS) return Number(text);
  throw new InvalidArgumentError(`expected a number from 0 to ${MOST_ARGUMENTS}`);
}
