import { Command } from 'commander';
import { DeclarationError } from '../errors.ts';
import { applyBaseline, type BaselineOutcome } from '../report/baseline/baseline-file.ts';
import { comparisonText } from '../report/baseline/comparison-text.ts';
import { exitCodeFor } from '../report/exit.ts';
import { renderMarkdown } from '../report/markdown.ts';
import { buildModel, type ParityModel } from '../report/model.ts';
import { wantsColour } from '../report/palette.ts';
import { parityJson } from '../report/parity-json.ts';
import { printableJson } from '../report/printable-json.ts';
import { renderTerminal } from '../report/terminal.ts';
import { joinedResults } from './joined-results.ts';

const LATEST = 'reports/latest';

interface Flags {
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly baseline?: string;
}

/** `twinboot report parity [RESULTS…]`: the parity of a run that is over. */
export function reportParityCommand(): Command {
  return new Command('parity')
    .description('the parity report of a run that is over, or of several jobs together')
    .argument('[results...]', `folders of reports, or their results.json (default: ${LATEST})`)
    .option('--baseline <file>', 'compare with this baseline as well')
    .option('--json', 'for a machine to read')
    .option('--markdown', 'for a pull request, or a CI step’s summary')
    .exitOverride()
    .action((names: string[], flags: Flags) => {
      if (flags.json && flags.markdown) throw new DeclarationError('--json and --markdown exclude each other');
      const asked = names.length > 0 ? names : [LATEST];
      const results = joinedResults(asked);
      const outcome =
        flags.baseline === undefined
          ? undefined
          : applyBaseline({ file: flags.baseline, update: false }, results, asked.join(', '));
      process.stdout.write(render(buildModel(results), outcome, flags));
      process.exitCode = outcome?.exitCode ?? exitCodeFor(results);
    });
}

function render(model: ParityModel, outcome: BaselineOutcome | undefined, { json, markdown }: Flags): string {
  if (json) return printableJson(parityJson(model, outcome));
  if (markdown) return renderMarkdown(model, outcome);
  const sheet = { colour: wantsColour(process.stdout), reports: '' };
  const parity = renderTerminal(model, { ...sheet, rest: 'with --markdown' });
  return outcome ? `${parity}\n${comparisonText(outcome, sheet)}` : parity;
}
