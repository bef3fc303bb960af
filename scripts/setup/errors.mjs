/** Set-up cannot go on. The message says what happened and what to do. */
export class SetupError extends Error {
  name = 'SetupError';
  exitCode = 1;
}

/** The command line cannot be meant as written. */
export class UsageError extends SetupError {
  name = 'UsageError';
  exitCode = 2;
}

/** Something outside the project is missing: a tool, a package, the network. */
export class UnavailableError extends SetupError {
  name = 'UnavailableError';
  exitCode = 69; // EX_UNAVAILABLE: says nothing about the project.
}

/** The project's own sources do not build. */
export class BuildError extends SetupError {
  name = 'BuildError';
}
