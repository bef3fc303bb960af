import { writeSync } from 'node:fs';
import { Command } from 'commander';
import { debugMachine } from '../debug/session.ts';
import { DeclarationError } from '../errors.ts';

/** `twinboot debug FOLDER [-- ARGUMENT…]`: the machine of a case that did not pass, stopped, with gdb. */
export function debugCommand(): Command {
  return new Command('debug')
    .description('start the machine of a case that did not pass once more, stopped, with gdb')
    .usage('[options] <folder> [-- gdb-argument...]')
    .argument('<folder>', 'the case’s evidence, as its verdict names it')
    .argument('[gdb-argument...]', 'passed on to gdb, as in: -- -batch -ex continue -ex bt')
    .option('--no-type', 'do not type the command of the case when the guest runs')
    .exitOverride()
    .action(async (folder: string, gdbArguments: string[], { type: types }: { type: boolean }) => {
      if (gdbArguments.length > 0 && !process.argv.includes('--'))
        throw new DeclarationError(
          `debug takes one folder; arguments for gdb stand behind "--", got ${gdbArguments[0]}`,
        );
      process.exitCode = await debugMachine({ folder, gdbArguments, types, write: writeToStderr });
    });
}

/** Past Node's own stream: that would make a pipe non-blocking, and gdb, which writes to the same one, would lose what it writes. */
function writeToStderr(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // Nobody reads it any more.
  }
}
