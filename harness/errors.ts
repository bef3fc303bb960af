/**
 * The root of everything Twinboot throws. A kernel's failure is never thrown as one of these: it is a verdict.
 * The message says what happened, the facts, and what to do.
 */
export class TwinbootError extends Error {
  override readonly name: string = 'TwinbootError';
}

/** A declaration (suite, target, profile, command line) that cannot be meant as written. Exit code 2. */
export class DeclarationError extends TwinbootError {
  override readonly name = 'DeclarationError';
}

/** The infrastructure cannot do what is asked: QEMU missing, an image unreadable, a disk locked. Exit code 69. */
export class EnvironmentError extends TwinbootError {
  override readonly name = 'EnvironmentError';
}
