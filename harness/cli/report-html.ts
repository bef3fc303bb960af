import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { DeclarationError } from '../errors.ts';
import { HISTORY_FILE, readHistory } from '../report/history/history-file.ts';
import { pointsOf } from '../report/history/history-text.ts';
import type { RatesOfRun } from '../report/history/rates-of-run.ts';
import { writeHtmlReport } from '../report/html/write-html.ts';
import { readResults } from '../report/read.ts';

const LATEST = 'reports/latest';

/** `twinboot report html [RESULTS]`: the report as a page for a browser, in one file. */
export function reportHtmlCommand(): Command {
  return new Command('html')
    .description('the report as a page in one file: every case with its console, timeline, registers, backtraces')
    .argument('[results]', 'a folder of reports, or its results.json', LATEST)
    .option('-o, --out <file>', 'where the page goes (default: report.html beside the results)')
    .option('--history <file>', 'pass rates over time (default: history.jsonl in the folder above the results)')
    .exitOverride()
    .action((name: string, { out, history }: { readonly out?: string; readonly history?: string }) => {
      const { results, folder } = readResults(name);
      const file = out ?? path.join(folder, 'report.html');
      checkFile(file);
      writeHtmlReport(file, results, { folder, history: ratesBeside(folder, history) });
      process.stdout.write(`${file}\n`);
    });
}

/** @param asked A history that must be there; by default one that a run has left, if any has. */
function ratesBeside(folder: string, asked: string | undefined): readonly RatesOfRun[] {
  const usual = path.join(folder, '..', HISTORY_FILE);
  if (asked === undefined && !existsSync(usual)) return [];
  const { entries, warnings } = readHistory(asked ?? usual);
  for (const warning of warnings) console.error(`twinboot: ${warning}`);
  return pointsOf(entries);
}

/** What is there already may be a report of before, and nothing else. */
function checkFile(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory())
    throw new DeclarationError(
      `--out ${file} is a folder: expected the page's file, as in ${path.join(file, 'report.html')}`,
    );
  if (!/\.html?$/i.test(file)) throw new DeclarationError(`--out ${file}: expected a file whose name ends in .html`);
}
