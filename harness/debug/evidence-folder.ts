import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { DeclarationError, EnvironmentError } from '../errors.ts';
import { MACHINE_FILE, type MachineRecord, parseMachineRecord } from '../machine/machine-record.ts';

const EXPECTED =
  'expected a folder of evidence, as the line `evidence` of a case that did not pass names it: reports/latest/evidence/…';

/**
 * The machine of a folder of evidence.
 * @param folder As a person typed it.
 * @throws DeclarationError when it is no such folder, or what it says of its machine cannot be read.
 * @throws EnvironmentError when it is not a machine that the harness itself starts.
 */
export function readEvidence(folder: string): MachineRecord {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (!stat) throw new DeclarationError(`${folder} does not exist: ${EXPECTED}`);
  if (!stat.isDirectory()) throw new DeclarationError(`${folder} is a file: ${EXPECTED}`);
  const file = path.join(folder, MACHINE_FILE);
  if (!existsSync(file)) throw new DeclarationError(`${folder} has no ${MACHINE_FILE}: ${whyNone(folder)}`);
  const record = parseMachineRecord(readFileSync(file, 'utf8'), file);
  if (record.plan.source.kind === 'launcher')
    throw new EnvironmentError(
      `The machine of ${folder} was started by a launcher, \`${record.plan.source.command.join(' ')}\`, and how it starts QEMU is its own business: no debugger can be brought into it from outside.\n  Run it yourself, with QEMU's -S and -gdb where it takes arguments for QEMU: sh ${folder}/reproduce.sh`,
    );
  return record;
}

function whyNone(folder: string): string {
  if (!existsSync(path.join(folder, 'verdict.txt'))) return EXPECTED;
  return 'its case ran on no machine, or its evidence was written by an older version of Twinboot; verdict.txt says what happened';
}
