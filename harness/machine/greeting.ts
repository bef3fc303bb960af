import type { GuestConsole } from '../console/guest-console.ts';
import { EnvironmentError } from '../errors.ts';
import type { StreamedProcess } from '../qemu/process.ts';
import type { QemuVersion, QmpClient } from '../qemu/qmp.ts';
import { formatVersion, isOlder, OLDEST_QEMU } from '../qemu/version.ts';
import { Deadline, formatMillis, type Millis } from '../units.ts';
import type { Launch } from './launch.ts';
import type { MachinePlan } from './plan.ts';

/** QEMU answers within 0.1 s on an idle host; a launcher may build a kernel first. */
const ANSWERS_WITHIN = { qemu: 60_000, launcher: 600_000 } as const satisfies Record<string, Millis>;

/** What is known of a machine before it has said a word. */
interface Greeter {
  readonly plan: MachinePlan;
  readonly launch: Launch;
  readonly consoles: readonly GuestConsole[];
  readonly qmp: QmpClient | undefined;
}

/**
 * Waits until QEMU greets on its monitor.
 * @returns its version; `undefined` without a monitor, and for a launcher whose guest has come to its end before.
 * @throws EnvironmentError when QEMU does not greet, in its own words, or is too old.
 */
export async function awaitGreeting({
  plan,
  launch: { process, command },
  qmp,
  consoles,
}: Greeter): Promise<QemuVersion | undefined> {
  if (!qmp) return undefined;
  const deadline = Deadline.after(ANSWERS_WITHIN[plan.source.kind]);
  // A QEMU that greets and dies has its reason on stderr, which is whole when it is reaped.
  const ended = process.ended.then(() => undefined);
  const opened = qmp.open().then(
    (version) => version ?? ended,
    () => ended,
  );
  const greeting = await deadline.race([opened, ended], 'silent' as const);
  if (greeting !== undefined && greeting !== 'silent' && !isOlder(greeting, OLDEST_QEMU)) return greeting;
  await process.stop();
  if (greeting === undefined && (await hasRun(plan, consoles))) return undefined;
  throw new EnvironmentError(whyNoAnswer(greeting, process, command, deadline));
}

/** A launcher does not wait for us: its guest may have come to its end before QEMU greeted. Then it has said something. */
async function hasRun({ source }: MachinePlan, consoles: readonly GuestConsole[]): Promise<boolean> {
  if (source.kind !== 'launcher') return false;
  await Promise.all(consoles.map((console) => console.closed));
  return consoles.some((console) => console.bytesSeen > 0);
}

function whyNoAnswer(
  greeting: QemuVersion | 'silent' | undefined,
  process: StreamedProcess,
  command: readonly string[],
  deadline: Deadline,
): string {
  if (greeting === 'silent') return `QEMU did not answer on its monitor within ${formatMillis(deadline.budget)}.`;
  if (greeting) {
    return `${command[0]} is version ${formatVersion(greeting)}; Twinboot needs ${formatVersion(OLDEST_QEMU)} or newer.`;
  }
  const end = process.end;
  const how = end?.signal ? `by ${end.signal}` : `with status ${end?.exitCode ?? 'unknown'}`;
  const words = process.stderr.trim() || 'It wrote nothing to stderr.';
  const hint = /Failed to get .*\block\b/.test(words)
    ? '\nAnother process has the disk image open for writing: stop it, or declare the disk with mode "overlay" on a copy.'
    : '';
  return `QEMU ended ${how} before it ran the guest.\n${indent(words)}${hint}\n  command  ${command.join(' ')}`;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}
