import { Command } from 'commander';
import { traceEventsCommand } from './trace-events.ts';
import { tracePortsCommand } from './trace-ports.ts';
import { traceReportCommand } from './trace-report.ts';

/** `twinboot trace`: what logs of machines tell, also of machines that Twinboot did not start. */
export function traceCommand(): Command {
  return new Command('trace')
    .description('read what a machine left behind')
    .exitOverride()
    .addCommand(traceReportCommand())
    .addCommand(tracePortsCommand())
    .addCommand(traceEventsCommand());
}
