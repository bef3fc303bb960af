#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { version } from '../version.ts';
import { ExitCode, exitCodeOf } from './exit-code.ts';
import { traceCommand } from './trace.ts';

const program = new Command('twinboot')
  .description('Test your kernel on every architecture it claims to support.')
  .version(version)
  .showHelpAfterError('(twinboot --help lists the commands)')
  .showSuggestionAfterError()
  .exitOverride()
  .addCommand(traceCommand())
  .addHelpText(
    'after',
    `
Examples:
  twinboot run                       every suite, on every architecture
  twinboot run --arch arm64 -t alarm the cases named "alarm", on ARM64
  twinboot run suites/fork           the suite files whose path holds "suites/fork"
  twinboot debug reports/latest/evidence/linux/x86_64/fork/waitpid
                                     the machine of a case that did not pass, stopped, with gdb
  twinboot run --baseline FILE       fail on what has become worse since FILE was written
  twinboot report parity             the parity report of the last run once more
  twinboot report history            pass rates over time
  twinboot report merge jobs/*       one report of what several CI jobs found
  twinboot report annotate           what makes it red, at the lines of the suites, for GitHub or GitLab to show
  twinboot report html               the last report as a page in one file
  twinboot probe linux --arch arm64 'vfs_*' --run 'ls'
                                     which functions a command calls, how often, with which arguments
  twinboot doctor                    what is installed, and what each lack costs
  twinboot trace report qemu.log     what the log of \`qemu-system-… -d int\` tells of any kernel
  twinboot trace events qemu.log     what \`qemu-system-… -trace 'pci_cfg_*'\` tells: PCI functions, keys, disks
  twinboot trace ports ch.log        the boot timeline in cloud-hypervisor's log
  twinboot cache clear               forget the booted machines that cases are cloned from

Exit codes: 0 all is well; 1 a kernel did not pass; 2 the command or a declaration cannot be meant;
69 the machine could not run it (QEMU missing, a disk locked): that says nothing about the kernel.`,
  );

try {
  for (const command of await otherCommands()) program.addCommand(command);
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}
// Whatever still holds the process (a test's forgotten handle, say) must not hold the result.
process.exit();

/** Those that need what reads results, and what runs suites: loading that takes longer than reading a log or results does. */
async function otherCommands(): Promise<Command[]> {
  const [, , asked] = process.argv;
  if (asked === 'trace') return [];
  const { reportCommand } = await import('./report.ts');
  if (asked === 'report') return [reportCommand()];
  const [{ runCommand }, { debugCommand }, { probeCommand }, { doctorCommand }, { cacheCommand }] = await Promise.all([
    import('./run.ts'),
    import('./debug.ts'),
    import('./probe.ts'),
    import('./doctor.ts'),
    import('./cache.ts'),
  ]);
  return [reportCommand(), runCommand(), debugCommand(), probeCommand(), doctorCommand(), cacheCommand()];
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage; // It has printed its message.
  const code = exitCodeOf(error);
  console.error(code === undefined ? error : `twinboot: ${(error as Error).message}`);
  return code ?? ExitCode.software;
}
