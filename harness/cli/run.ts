import { Command, Option } from 'commander';
import { archSpellings } from '../arch/archs.ts';
import { parseMachines } from '../vitest/machines-at-once.ts';
import { runSuites } from '../vitest/run.ts';

interface Flags {
  readonly target?: string;
  readonly arch?: string;
  readonly profile?: string;
  readonly retries?: string;
  readonly machines?: number;
  readonly keepInterrupts?: boolean;
  readonly case?: string;
  readonly watch?: boolean;
  readonly config?: string;
  readonly shard?: string;
  readonly timings?: string;
  readonly baseline?: string;
  readonly updateBaseline?: boolean;
  readonly strict?: boolean;
}

/** `twinboot run [file…]`: the suites of this folder's project, then the parity of what ran. */
export function runCommand(): Command {
  return new Command('run')
    .description("run this folder's suites and compare the architectures")
    .argument('[file...]', 'parts of suite files’ paths; none: all of them')
    .option('--target <name>', 'only this target')
    .addOption(new Option('--arch <arch>', `only this architecture (${archSpellings.join(', ')})`))
    .option('--profile <name>', 'with this machine profile instead of the targets’ own')
    .option('--retries <times>', 'try a case that did not pass this often again, unless its suite says how often')
    .option(
      '--machines <number>',
      'how many machines may run at once (default: as configured, else as cores and memory allow)',
      parseMachines,
    )
    .option(
      '--keep-interrupts',
      'keep the whole interrupt log of each case, also of one that passes, in its evidence: interrupts-whole.log',
    )
    .option('-t, --case <pattern>', 'only cases whose "suite case" matches this regular expression')
    .option('--shard <i/n>', 'only one of n parts of the suite files; `twinboot report merge` joins them')
    .option('--timings <results>', 'cut shards that take the same time, by the results of an earlier run')
    .option('--baseline <file>', 'fail on what has become worse than it says, and not on what it knows')
    .option('--update-baseline', 'record in the baseline what was found')
    .option('--strict', 'red where something was not tested that should have been (default where CI is set)')
    .option('--no-strict', 'not that')
    .option('-w, --watch', 'run again whenever a suite changes')
    .option('-c, --config <file>', 'the vitest configuration (default: vitest.config.ts in this folder)')
    .exitOverride()
    .action(async (files: string[], flags: Flags) => {
      process.exitCode = await runSuites({
        files,
        casePattern: flags.case,
        watch: flags.watch ?? false,
        target: flags.target,
        arch: flags.arch,
        profile: flags.profile,
        retries: flags.retries,
        machines: flags.machines,
        keepInterrupts: flags.keepInterrupts,
        config: flags.config,
        shard: flags.shard,
        timings: flags.timings,
        baseline: flags.baseline,
        updateBaseline: flags.updateBaseline,
        strict: flags.strict,
      });
    });
}
