import path from 'node:path';
import { Command } from 'commander';
import { DeclarationError, EnvironmentError } from '../errors.ts';
import { attachmentsIn } from '../report/attachments.ts';
import { junitPieces } from '../report/junit.ts';
import { readResults } from '../report/read.ts';
import { writeWhole } from '../report/write.ts';

/** `twinboot report junit [FOLDER]`: what a CI system reads, of a run that is over. */
export function reportJunitCommand(): Command {
  return new Command('junit')
    .description('the results of a run as a JUnit file, which CI systems read')
    .argument('[results]', 'a folder of reports, or its results.json', 'reports/latest')
    .option('-o, --out <file>', 'where the file goes (default: the standard output)')
    .exitOverride()
    .action((name: string, { out }: { readonly out?: string }) => {
      const { results, folder } = readResults(name);
      const pieces = junitPieces(results, attachmentsIn(folder));
      if (out !== undefined) write(out, pieces);
      else for (const piece of pieces) process.stdout.write(piece);
    });
}

function write(out: string, pieces: Generator<string>): void {
  if (path.extname(out) !== '.xml')
    throw new DeclarationError(`--out: expected the name of an .xml file, got ${JSON.stringify(out)}`);
  try {
    writeWhole(out, pieces);
  } catch (cause) {
    throw new EnvironmentError(`${out} cannot be written: ${(cause as Error).message}`, { cause });
  }
}
