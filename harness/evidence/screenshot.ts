import { copyFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import type { Machine } from '../machine/machine.ts';
import { createRunDirectory, removeRunDirectory } from '../qemu/reaper.ts';
import { Deadline, type Millis } from '../units.ts';

/** It takes some hundredths of a second. */
const WITHIN: Millis = 5_000;

/** Best first. A QEMU that was built without libpng writes only the second. */
const FORMATS = ['png', 'ppm'] as const;

/**
 * Writes what a machine shows on its display to `screenshot.png` (or `.ppm`) in `folder`. Nothing is written for one that has
 * no display, has ended, or does not answer in time.
 * @throws Error of the system when the folder cannot be written.
 */
export async function writeScreenshot({ qmp, end }: Machine, folder: string): Promise<void> {
  if (!qmp || end) return;
  const within = Deadline.after(WITHIN);
  const directory = createRunDirectory(); // QEMU may yet write when nobody waits any more.
  try {
    for (const format of FORMATS) {
      const file = path.join(directory, `screenshot.${format}`);
      const asked = qmp.execute('screendump', { filename: file, format }).then(
        () => existsSync(file),
        () => false,
      );
      const written = await within.race([asked], 'late');
      if (written === true) copyFileSync(file, path.join(folder, path.basename(file)));
      if (written !== false) return;
    }
  } finally {
    removeRunDirectory(directory);
  }
}
