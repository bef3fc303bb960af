/** Exit codes of the command; 69 and 70 as in BSD's sysexits.h. */
export const ExitCode = { ok: 0, verdict: 1, usage: 2, unavailable: 69, software: 70 } as const;

/** The code for an error that was meant for people; `undefined` for one that is a bug. */
export function exitCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  switch (error.name) {
    case 'DeclarationError':
    case 'RunRefused':
      return ExitCode.usage;
    case 'EnvironmentError':
      return ExitCode.unavailable;
    default:
      return undefined;
  }
}
