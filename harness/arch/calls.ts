/** How a call reads in the register dump that QEMU writes as a function's first instruction is about to run (`-d exec,cpu`). */
export interface CallDialect {
  /** How a dump begins, at the beginning of a line or behind what another vCPU was writing. */
  readonly dumpBeginning: RegExp;
  /** How the last line of a dump begins. */
  readonly lastLine: string;
  /** The program counter in a dump, as its group `pc`. */
  readonly pc: RegExp;
  /**
   * What stands before the value of each register that holds an argument, in their order, for arguments that are integers or
   * pointers. A dump without them is of code that passes its arguments otherwise.
   */
  readonly argumentRegisters: readonly string[];
}

/** A register as QEMU prints it. */
const DIGITS = 16;

/** The values of the registers that hold arguments; none where the convention is another. */
export function readArguments({ argumentRegisters }: CallDialect, dump: string): readonly bigint[] {
  const values: bigint[] = [];
  for (const register of argumentRegisters) {
    const at = dump.indexOf(register) + register.length;
    if (at < register.length) return [];
    values.push(BigInt(`0x${dump.slice(at, at + DIGITS)}`));
  }
  return values;
}
