import { Command } from 'commander';
import { reportAnnotateCommand } from './report-annotate.ts';
import { reportCompareCommand } from './report-compare.ts';
import { reportMergeCommand } from './report-merge.ts';

/** `twinboot report`: what results tell, of this run and of others. */
export function reportCommand(): Command {
  return new Command('report')
    .description('join the results of several jobs, compare them with what was before, tell a CI system of them')
    .exitOverride()
    .addCommand(reportAnnotateCommand())
    .addCommand(reportCompareCommand())
    .addCommand(reportMergeCommand());
}
