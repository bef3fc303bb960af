import { UsageError } from './errors.mjs';

export const HELP = `usage: node scripts/setup.mjs [--dry-run] [--verbose]

Makes this machine ready to run Twinboot's own suites: installs the tools and libraries that are missing, compiles the
harness into dist, fetches the Linux kernels and the guest C library, and builds the fixtures into fixtures/.build. Does
only what is not done yet.

  --dry-run   say what would be done, and change nothing
  --verbose   also say what is already there
  --help      show this text

Environment:
  TWINBOOT_CACHE         where packages are kept (default: twinboot in $XDG_CACHE_HOME or ~/.cache); remove the folder
                         to fetch newer ones
  TWINBOOT_DEB_ROLE_ARCH a .deb file to use instead of asking apt; ROLE is LINUX, BUSYBOX, MUSL or LIBGCC, ARCH is
                         X86_64 or AARCH64; several files are separated by colons

Exit status: 0 ready, 1 a source does not build, 2 usage, 69 a tool or package cannot be had.`;

const FLAGS = { '--dry-run': 'dryRun', '--verbose': 'verbose', '--help': 'help', '-h': 'help' };

/**
 * @param {string[]} words the command line after the program's name
 * @returns {{ dryRun: boolean, verbose: boolean, help: boolean }}
 * @throws {UsageError} on a word it does not know
 */
export function parseOptions(words) {
  const options = { dryRun: false, verbose: false, help: false };
  for (const word of words) {
    const flag = FLAGS[word];
    if (!flag) throw new UsageError(`setup: expected --dry-run, --verbose or --help, got ${JSON.stringify(word)}`);
    options[flag] = true;
  }
  return options;
}
