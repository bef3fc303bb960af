import { Command } from 'commander';
import { reportAnnotateCommand } from './report-annotate.ts';
import { reportCompareCommand } from './report-compare.ts';
import { reportHistoryCommand } from './report-history.ts';
import { reportHtmlCommand } from './report-html.ts';
import { reportJunitCommand } from './report-junit.ts';
import { reportMergeCommand } from './report-merge.ts';
import { reportParityCommand } from './report-parity.ts';

/** `twinboot report`: what results tell, of this run and of others. */
export function reportCommand(): Command {
  return new Command('report')
    .description('what results tell: joined, compared with what was before, shown in a browser or to a CI system')
    .exitOverride()
    .addCommand(reportParityCommand())
    .addCommand(reportAnnotateCommand())
    .addCommand(reportCompareCommand())
    .addCommand(reportMergeCommand())
    .addCommand(reportHtmlCommand())
    .addCommand(reportJunitCommand())
    .addCommand(reportHistoryCommand());
}
