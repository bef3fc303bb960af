import path from 'node:path';
import { Command } from 'commander';
import { normalisePlace } from '../arch/archs.ts';
import { DeclarationError } from '../errors.ts';
import { applyBaseline, readBaseline } from '../report/baseline/baseline-file.ts';
import { comparisonText } from '../report/baseline/comparison-text.ts';
import { exitCodeFor } from '../report/exit.ts';
import { appendHistory } from '../report/history/history-file.ts';
import { mergeResults } from '../report/merge/merge.ts';
import { buildModel } from '../report/model.ts';
import { wantsColour } from '../report/palette.ts';
import { readResults, withEvidenceFrom } from '../report/read.ts';
import type { RunResults } from '../report/results.ts';
import { renderTerminal } from '../report/terminal.ts';
import { writeReports } from '../report/write.ts';
import { isStrictByDefault } from '../strict.ts';
import type { ExitCode } from './exit-code.ts';

interface Flags {
  readonly out: string;
  readonly expect?: readonly string[];
  readonly baseline?: string;
  readonly strict?: boolean;
  readonly history?: string;
}

/** `twinboot report merge DIR…`: one report of what several jobs have found. */
export function reportMergeCommand(): Command {
  return new Command('merge')
    .description('join the results of several jobs (an architecture each, shards) into one report')
    .argument('<dir...>', 'folders of reports, each with its results.json')
    .option('-o, --out <dir>', 'where the report goes', 'reports/merged')
    .option(
      '--expect <place>',
      'an environment, architecture or target that the jobs were to cover; may be given again (default: all there are)',
      collectPlace,
    )
    .option('--baseline <file>', 'compare with this baseline as well')
    .option('--history <file>', 'add a line for the whole to this history')
    .option('--strict', 'red where an environment has no result at all (default where CI is set)')
    .option('--no-strict', 'not that')
    .exitOverride()
    .action((dirs: string[], flags: Flags) => {
      process.exitCode = merge(dirs, flags);
    });
}

function merge(
  dirs: readonly string[],
  { out, expect = [], baseline, history, strict = isStrictByDefault() }: Flags,
): number {
  const read = dirs.map(readResults);
  const own = read.find(({ folder }) => path.resolve(folder) === path.resolve(out));
  if (own) throw new DeclarationError(`--out ${out} is a folder that is read: its results would be lost`);
  const request = baseline === undefined ? undefined : { file: baseline, update: false };
  if (request) readBaseline(request); // Before anything is written.
  const moved = read.map((source) => ({ name: source.name, ...withEvidenceFrom(source, out) }));
  const merged = withNotices(
    mergeResults(moved, { expect, strict }),
    moved.flatMap(({ notices }) => notices),
  );
  if (merged.results.length === 0)
    throw new DeclarationError(`no case was judged in ${dirs.join(', ')}: nothing is known`);
  const outcome = request && applyBaseline(request, merged, dirs.join(', '));
  const model = buildModel(merged);
  writeReports(out, merged, { model, baseline: outcome });
  if (history !== undefined) appendHistory(history, merged);
  const colour = wantsColour(process.stdout);
  const reports = path.relative('', out) || '.';
  process.stdout.write(renderTerminal(model, { colour, reports }));
  if (!outcome) return exitCodeFor(merged);
  process.stdout.write(`\n${comparisonText(outcome, { colour, reports })}`);
  return outcome.exitCode satisfies (typeof ExitCode)[keyof typeof ExitCode];
}

/** `arm64` and `linux/arm64` are meant as they are written elsewhere. */
function collectPlace(text: string, known: readonly string[] = []): string[] {
  return [...known, normalisePlace(text)];
}

function withNotices(results: RunResults, notices: readonly string[]): RunResults {
  if (notices.length === 0) return results;
  return { ...results, run: { ...results.run, notices: [...(results.run.notices ?? []), ...notices] } };
}
