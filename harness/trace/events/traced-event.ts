import type { Millis } from '../../units.ts';

/** One of QEMU's trace events, as its log backend writes it: `pci_cfg_read mch 00:00.0 @0x0 -> 0x29c08086`. */
export interface TracedEvent {
  readonly name: string;
  /** What stands behind the name; cut after {@link LONGEST_ARGUMENTS}. Empty where the event has none. */
  readonly args: string;
  /** Since the machine was spawned, when it was read; in a log with times (`-msg timestamp=on`), on the clock of its host. */
  readonly atMs?: Millis;
}

/** Formats are some hundred characters long; what a guest may put into one is not. */
const LONGEST_ARGUMENTS = 500;

/** What old QEMUs, and `-msg timestamp=on`, put before a line: `1234@1700000000.123456:`. */
export const TIME_PREFIX = '\\d{1,10}@(?<seconds>\\d{1,12})\\.(?<micros>\\d{6}):';

/** @param seconds The time before the line, where there is one. */
export function tracedEvent(name: string, args: string, seconds: string | undefined, micros = '0'): TracedEvent {
  const event = { name, args: args.trim().slice(0, LONGEST_ARGUMENTS) };
  return seconds === undefined ? event : { ...event, atMs: Number(seconds) * 1_000 + Number(micros) / 1_000 };
}
