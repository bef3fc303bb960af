import type { LoggedFacts } from './interrupt-log.ts';

/** A register as a dump shows it. */
export interface Register {
  readonly name: string;
  readonly value: bigint;
}

/** What an architecture's interrupt log means to people. */
export interface InterruptWords {
  /** Lines that only this architecture's log has. */
  readonly signs: RegExp;
  /** What an error code or syndrome says, in a few words; `undefined` where it says nothing. */
  describeError(facts: Pick<LoggedFacts, 'class' | 'vector' | 'errorCode'>): string | undefined;
  /** The general registers, the control registers and the selectors of a record's dump; none where it has none. */
  registersIn(raw: string): readonly Register[];
  /** A vector as the log spells it. `undefined`: it is none. */
  parseVector(text: string): number | undefined;
  /** How {@link parseVector} wants it, for a message. */
  readonly vectorHint: string;
  /** System calls that leave no trace in the log. Absent: all do. */
  readonly silentSyscalls?: string;
  /** What has to be done for registers in the log. Absent: they are there. */
  readonly noRegisters?: string;
}
