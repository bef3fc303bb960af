#!/usr/bin/env node
// Makes a fresh machine ready for Twinboot's own tests and demonstration. Needs Node and nothing else, so that it can
// run before anything is installed. The steps live in setup/, one file each.
import { SetupError, UnavailableError } from './setup/errors.mjs';
import { HELP, parseOptions } from './setup/options.mjs';
import { setUp } from './setup/set-up.mjs';

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) console.log(HELP);
  else await setUp(options);
} catch (error) {
  const failure = explain(error);
  console.error(failure.message);
  process.exitCode = failure.exitCode;
}

/** A folder that may not be written or a full disk is the machine's doing; anything else unforeseen is a bug here. */
function explain(error) {
  if (error instanceof SetupError) return error;
  if (error.syscall && error.code) return new UnavailableError(`setup: ${error.message}`, { cause: error });
  throw error;
}
