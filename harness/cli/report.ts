import { Command } from 'commander';
import { reportAnnotateCommand } from './report-annotate.ts';
import { reportCompareCommand } from './report-compare.ts';
import { reportHistoryCommand } from './report-history.ts';
import { reportMergeCommand } from './report-merge.ts';
import { reportParityCommand } from './report-parity.ts';

/** `twinboot report`: what results tell, of this run and of others. */
export function reportCommand(): Command {
  return new Command('report')
    .description('join the results of several jobs, compare them with what was before, tell a CI system of them')
    .exitOverride()
    .addCommand(reportParityCommand())
    .addCommand(reportAnnotateCommand())
    .addCommand(reportCompareCommand())
    .addCommand(reportMergeCommand())
    .addCommand(reportHistoryCommand());
}
