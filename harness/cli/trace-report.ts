import { Command, InvalidArgumentError } from 'commander';
import { type Arch, archSpellings, describeArch, parseArch } from '../arch/archs.ts';
import { DeclarationError } from '../errors.ts';
import type { AnalysisRequest } from '../trace/analysis/interrupt-analysis.ts';
import type { AddressRange } from '../trace/analysis/suspicions.ts';
import { ExitCode } from './exit-code.ts';
import type { ReportFormat } from './interrupt-report-output.ts';
import { analyseLog } from './log-analysis.ts';
import { openLog } from './log-input.ts';
import { parseLast } from './parse-last.ts';
import { ReadingProgress } from './reading-progress.ts';

interface Flags {
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly last: number;
  readonly vector?: string;
  readonly between?: [number, number];
  readonly arch?: string;
  readonly symbols?: string;
  readonly stack?: readonly AddressRange[];
  readonly follow?: boolean;
}

const DEFAULT_LAST = 10;

/** `twinboot trace report FILE|-`: what an interrupt log tells. */
export function traceReportCommand(): Command {
  return new Command('report')
    .description('what the interrupt log of any kernel tells: qemu-system-… -d int,cpu_reset -D FILE')
    .argument('<file>', 'the log; - is the standard input')
    .option('--json', 'for a machine to read')
    .option('--markdown', 'for a pull request')
    .option('--last <number>', 'how many events are shown before the end and before a crash', parseLast, DEFAULT_LAST)
    .option('--vector <vector>', 'show only these among the last events: 0e as in the log (on arm64: QEMU’s number, 4)')
    .option('--between <a:b>', 'which registers changed between the events of these numbers', parseBetween)
    .option('--arch <arch>', `the log’s architecture (${archSpellings.join(', ')}; default: as its lines tell)`)
    .option('--symbols <elf>', 'names functions: the ELF file that the kernel was made from')
    .option('--stack <from-to>', 'where the kernel’s stacks lie, in hexadecimal; may be given again', collectRange)
    .option('--follow', 'read on as the log grows, until Ctrl-C; tells rates, and a timer that goes missing')
    .exitOverride()
    .action(async (file: string, flags: Flags) => {
      process.stdout.write(`${await makeReport(file, flags)}\n`);
      process.exitCode = ExitCode.ok;
    });
}

function formatOf({ json, markdown }: Flags): ReportFormat {
  if (json && markdown) throw new DeclarationError('--json and --markdown exclude each other');
  if (json) return 'json';
  return markdown ? 'markdown' : 'text';
}

async function makeReport(file: string, flags: Flags): Promise<string> {
  const format = formatOf(flags);
  const asked = flags.arch === undefined ? undefined : parseArch('--arch', flags.arch);
  const interrupted = new AbortController();
  const stop = (): void => interrupted.abort();
  if (flags.follow) process.once('SIGINT', stop).once('SIGTERM', stop);
  const input = await openLog(file, flags.follow ? interrupted.signal : undefined);
  if (flags.follow)
    console.error(`twinboot: reading ${input.name} as it grows; Ctrl-C ends that, and prints the report`);
  const analysing = analyseLog(input, {
    arch: asked,
    requestOf: (arch) => requestOf(flags, arch),
    isWatched: flags.follow === true,
    progress: new ReadingProgress(input.file?.size),
  });
  // Loaded while threads scan.
  const [{ arch, log }, { reportOutput }] = await Promise.all([analysing, import('./interrupt-report-output.ts')]);
  return await reportOutput(log, { name: input.name, arch, last: flags.last, symbols: flags.symbols }, format);
}

function requestOf({ last, vector, between, stack = [] }: Flags, arch: Arch): AnalysisRequest {
  const { parseVector, vectorHint } = describeArch(arch).interruptWords;
  const number = vector === undefined ? undefined : parseVector(vector);
  if (vector !== undefined && number === undefined)
    throw new DeclarationError(`--vector: expected ${vectorHint}, got ${JSON.stringify(vector)}`);
  return { last, vector: number, between, stacks: stack };
}

function parseBetween(text: string): [number, number] {
  const match = /^#?(\d{1,15}):#?(\d{1,15})$/.exec(text);
  if (!match) throw new InvalidArgumentError('Expected two numbers of events, such as 41:42.');
  return [Number(match[1]), Number(match[2])];
}

function collectRange(text: string, known: readonly AddressRange[] = []): AddressRange[] {
  const match = /^(?:0x)?([0-9a-f]{1,16})-(?:0x)?([0-9a-f]{1,16})$/i.exec(text);
  const [from, to] = [BigInt(`0x${match?.[1] ?? '0'}`), BigInt(`0x${match?.[2] ?? '0'}`)];
  if (!match || from >= to)
    throw new InvalidArgumentError(
      'Expected two addresses, the lower one first, such as ffff800000100000-ffff800000104000.',
    );
  return [...known, { from, to }];
}
