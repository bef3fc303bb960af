import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeScreenshot } from '../evidence/screenshot.ts';
import { MACHINE_FILE, writeMachineRecord } from '../machine/machine-record.ts';
import type { CaseOutcome } from '../suite/case-outcome.ts';

/** Adds to a folder of evidence what the machine showed, and what `twinboot debug` starts it from once more. */
export async function keepMachine(folder: string, { machine, typed }: CaseOutcome): Promise<void> {
  if (!machine) return;
  writeFileSync(path.join(folder, MACHINE_FILE), writeMachineRecord(machine, typed));
  await writeScreenshot(machine, folder);
}
