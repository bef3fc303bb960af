import path from 'node:path';
import { Command, Option } from 'commander';
import { annotationsOf } from '../report/annotations/annotations.ts';
import { codeQuality } from '../report/annotations/code-quality.ts';
import { githubCommands } from '../report/annotations/github-commands.ts';
import { applyBaseline } from '../report/baseline/baseline-file.ts';
import { readResults } from '../report/read.ts';

const formats = ['github', 'gitlab'] as const;

interface Flags {
  readonly format: (typeof formats)[number];
  readonly baseline?: string;
}

/** `twinboot report annotate [FOLDER]`: what makes a run red, for a CI system to show at the lines of the suites. */
export function reportAnnotateCommand(): Command {
  return new Command('annotate')
    .description('what makes a run red, for a CI system to show beside the lines of the suites')
    .argument('[dir]', 'the folder of a report, or its results.json', 'reports/latest')
    .addOption(
      new Option('--format <system>', 'github: workflow commands; gitlab: a code quality report')
        .choices(formats)
        .default('github'),
    )
    .option('--baseline <file>', 'not what this baseline excuses')
    .exitOverride()
    .action((dir: string, flags: Flags) => {
      process.stdout.write(annotate(dir, flags));
    });
}

function annotate(dir: string, { format, baseline }: Flags): string {
  const { results, folder: reports } = readResults(dir);
  const comparison =
    baseline === undefined ? undefined : applyBaseline({ file: baseline, update: false }, results, dir).comparison;
  const annotations = annotationsOf(results, { comparison, reports: posix(path.relative('', reports)) });
  const folder = folderInCheckout();
  if (format === 'gitlab') return codeQuality(annotations, folder);
  return githubCommands(annotations, { folder, report: posix(path.relative('', path.join(reports, 'parity.md'))) });
}

/** CI systems name files from the checkout's root, and results from the project's, which may be a part of it. */
function folderInCheckout(): string {
  const { GITHUB_WORKSPACE, CI_PROJECT_DIR } = process.env;
  const checkout = GITHUB_WORKSPACE || CI_PROJECT_DIR;
  const folder = checkout ? path.relative(checkout, '') : '';
  return folder.startsWith('..') || path.isAbsolute(folder) ? '' : posix(folder);
}

function posix(file: string): string {
  return file.split(path.sep).join('/');
}
