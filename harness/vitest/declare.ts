import type { z } from 'zod';
import { DeclarationError } from '../errors.ts';
import type { MachineProfile } from '../qemu/profile.ts';
import { checkDeclaration } from '../suite/check.ts';
import { checkInterrupts } from '../suite/check-interrupts.ts';
import { checkPlaces } from '../suite/check-places.ts';
import { checkMachine } from '../suite/environment.ts';
import { type SuiteFile, suiteFile } from './suite-file.ts';

/**
 * Checks what a suite file declares, in the environment that loads it.
 * @param what Names the declaration in messages: `suite "signals"`.
 * @param caller The function that the suite file called: an error points at that call.
 * @returns the file.
 * @throws DeclarationError naming each field that cannot be meant.
 */
export function declare<
  T extends Parameters<typeof checkPlaces>[1] &
    Parameters<typeof checkInterrupts>[1] & { readonly machine?: Partial<MachineProfile> },
>(what: string, schema: z.ZodType, declared: T, caller: (...args: never[]) => void): SuiteFile {
  try {
    checkDeclaration(what, schema, declared);
    const file = suiteFile();
    checkMachine(`${what}: machine.`, file.context.environment, declared.machine ?? {});
    checkPlaces(what, declared, file.context.possible);
    checkInterrupts(what, declared, file.context.environment);
    return file;
  } catch (error) {
    if (error instanceof DeclarationError) Error.captureStackTrace(error, caller);
    throw error;
  }
}
