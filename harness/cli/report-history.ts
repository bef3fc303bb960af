import path from 'node:path';
import { Command } from 'commander';
import { HISTORY_FILE, readHistory } from '../report/history/history-file.ts';
import { historyTable } from '../report/history/history-table.ts';
import { pointsOf } from '../report/history/history-text.ts';
import { wantsColour } from '../report/palette.ts';
import { printableJson } from '../report/printable-json.ts';

const FILE = path.join('reports', HISTORY_FILE);

/** `twinboot report history [FILE]`: how far each environment has come, run by run. */
export function reportHistoryCommand(): Command {
  return new Command('history')
    .description('the pass rates of each environment over time')
    .argument('[file]', 'the history, or the folder that it is in', FILE)
    .option('--json', 'for a machine to read: the whole runs, the earliest first')
    .exitOverride()
    .action((name: string, { json }: { readonly json?: boolean }) => {
      const { file, entries, warnings } = readHistory(name);
      for (const warning of warnings) console.error(`twinboot: ${warning}`);
      const colour = wantsColour(process.stdout);
      process.stdout.write(json ? printableJson(pointsOf(entries)) : historyTable(entries, { colour, file }));
    });
}
