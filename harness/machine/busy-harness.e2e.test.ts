import { expect, test, vi } from 'vitest';
import { type Arch, archNames } from '../arch/archs.ts';
import { openShell } from '../console/shell.ts';
import { calamityPlan } from '../testing/calamity-plan.ts';
import { linuxImage } from '../testing/linux-config.ts';
import { Deadline } from '../units.ts';
import { Machine } from './machine.ts';

vi.setConfig({ testTimeout: 240_000 });

const BUSY_MS = 400;
const patiently = (): Deadline => Deadline.after(200_000);

/** Linux that prints all that it has in its own log. */
function loud(arch: Arch): ReturnType<typeof linuxImage> {
  const image = linuxImage(arch);
  return { ...image, append: `${image.append} ignore_loglevel` };
}

test.for(archNames)('a kernel on %s loses nothing on its console while the harness is busy', async (arch) => {
  const { plan } = calamityPlan(arch, { image: loud(arch), machine: { cpus: 2, memoryBytes: 2 ** 28 } });
  await using machine = await Machine.boot(plan);
  const { console } = machine;
  const busy = setInterval(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_MS), 10);
  await console.wait({ from: 0, line: /Run \/init as init process/ }, patiently());
  clearInterval(busy);
  const opened = await openShell(console, { prompt: '~ # ', status: 'posix' }, patiently());
  if (opened.kind !== 'open') return expect.fail(`no shell: ${opened.kind}`);
  const { output } = await opened.session.run('dmesg', { deadline: patiently() });
  const kept = output.map(({ text }) => text).filter((line) => /^\[ *\d/.test(line));
  const initAt = kept.findIndex((line) => line.includes('Run /init as init process'));
  const printed = new Set(
    console
      .since(0)
      .slice(0, output[0]?.index)
      .map(({ text }) => text),
  );
  expect(initAt).toBeGreaterThan(100);
  expect(kept.slice(0, initAt).filter((line) => !printed.has(line))).toEqual([]);
});
