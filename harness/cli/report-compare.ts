import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { DeclarationError } from '../errors.ts';
import { applyBaseline, type BaselineOutcome, compareWith } from '../report/baseline/baseline-file.ts';
import { emptyBaseline } from '../report/baseline/baseline-text.ts';
import { comparisonJson } from '../report/baseline/comparison-json.ts';
import { comparisonMarkdown } from '../report/baseline/comparison-markdown.ts';
import { comparisonText } from '../report/baseline/comparison-text.ts';
import { recordBaseline } from '../report/baseline/record.ts';
import { wantsColour } from '../report/palette.ts';
import { printableJson } from '../report/printable-json.ts';
import { readResults } from '../report/read.ts';
import { joinedResults } from './joined-results.ts';

interface Flags {
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly updateBaseline?: boolean;
}

/** `twinboot report compare BASELINE RESULTS…`: what has become better or worse since. */
export function reportCompareCommand(): Command {
  return new Command('compare')
    .description('what has become better or worse since a baseline, or since another run')
    .argument('<baseline>', 'the baseline; or the results of a run before')
    .argument('<results...>', 'folders of reports, or their results.json; of several jobs, all of them')
    .option('--update-baseline', 'record the results in the baseline')
    .option('--json', 'for a machine to read')
    .option('--markdown', 'for a pull request, or a CI step’s summary')
    .exitOverride()
    .action((before: string, after: string[], flags: Flags) => {
      if (flags.json && flags.markdown) throw new DeclarationError('--json and --markdown exclude each other');
      const outcome = compareFiles(before, after, flags.updateBaseline ?? false);
      process.stdout.write(render(outcome, flags));
      process.exitCode = outcome.exitCode;
    });
}

function render(outcome: BaselineOutcome, { json, markdown }: Flags): string {
  if (json) return printableJson(comparisonJson(outcome));
  if (markdown) return `${comparisonMarkdown(outcome).join('\n')}\n`;
  const colour = wantsColour(process.stdout);
  return comparisonText(outcome, { colour, reports: '' });
}

function compareFiles(before: string, after: readonly string[], update: boolean): BaselineOutcome {
  const results = joinedResults(after);
  const name = after.join(', ');
  if (!isOfARun(before)) return applyBaseline({ file: before, update }, results, name);
  if (update) throw new DeclarationError(`--update-baseline: ${before} holds the results of a run, and no baseline`);
  return compareWith(recordBaseline(emptyBaseline, readResults(before).results), before, results, name);
}

/** A baseline is no JSON, and no folder. */
function isOfARun(file: string): boolean {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile()) return stat?.isDirectory() ?? false;
  return path.extname(file) === '.json' || /^\s*\{/.test(readFileSync(file, 'utf8').slice(0, 100));
}
