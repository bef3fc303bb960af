import { visible } from '../lines/visible.ts';
import type { ArgumentReading } from '../trace/argument-values.ts';
import type { FunctionCalls, ProbeReading } from '../trace/function-probes.ts';
import { formatMillis } from '../units.ts';

/** Everything that was counted, for a file: a block for each function, all of its registers. */
export function probeText(reading: ProbeReading): string {
  const called = [...reading.functions].sort((a, b) => b.calls - a.calls);
  return [
    ...reading.problems.map((problem) => `# ${problem}`),
    `# ${formatMillis(reading.tookMs)}; every register that may hold an argument is told, whether the function has so many or not`,
    ...called.flatMap((probed) => [
      '',
      `${visible(probed.name, LONGEST_NAME)}  ${countOf(probed, reading)}`,
      ...probed.arguments.map((values, index) => `  argument ${index + 1}  ${argumentText(values)}`),
    ]),
  ].join('\n');
}

/** For a terminal: a line for each function, the most called first, with some arguments. */
export function probeTable(reading: ProbeReading, { shownArguments }: { readonly shownArguments: number }): string {
  const called = reading.functions.filter(({ calls }) => calls > 0).sort((a, b) => b.calls - a.calls);
  const silent = reading.functions.filter(({ calls }) => calls === 0).map(({ name }) => visible(name, LONGEST_NAME));
  const rows = called.map((probed) => [
    visible(probed.name, LONGEST_NAME),
    grouped(probed.calls),
    rateOf(probed.calls, reading),
    probed.arguments.slice(0, shownArguments).map(shortArgumentText).join(' | '),
  ]);
  const headed = [['function', 'calls', 'per s', shownArguments > 0 ? 'arguments' : ''], ...rows];
  const [names, calls, rates] = [0, 1, 2].map((column) => Math.max(...headed.map((row) => row[column]?.length ?? 0)));
  return [
    ...headed.map(([name = '', count = '', rate = '', values = '']) =>
      `${name.padEnd(names ?? 0)}  ${count.padStart(calls ?? 0)}  ${rate.padStart(rates ?? 0)}  ${values}`.trimEnd(),
    ),
    ...(silent.length > 0 ? [`not called: ${listed(silent)}`] : []),
    ...reading.problems.map((problem) => `! ${problem}`),
  ].join('\n');
}

const LONGEST_NAME = 80;
const MOST_SILENT = 12;

function listed(names: readonly string[]): string {
  const more = names.length - MOST_SILENT;
  return `${names.slice(0, MOST_SILENT).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function countOf({ calls }: FunctionCalls, reading: ProbeReading): string {
  if (calls === 0) return 'not called';
  return `${grouped(calls)} ${calls === 1 ? 'call' : 'calls'}, ${rateOf(calls, reading)} per s`;
}

function rateOf(calls: number, { tookMs }: ProbeReading): string {
  const perSecond = tookMs > 0 ? (calls * 1_000) / tookMs : 0;
  return perSecond >= 10 ? grouped(Math.round(perSecond)) : perSecond.toFixed(1);
}

/** `12,345`, whatever the locale. */
function grouped(count: number): string {
  return String(count).replaceAll(/(?<=\d)(?=(?:\d{3})+$)/g, ',');
}

/** Fewer values than this are all told. */
const FEW = 4;

/** `1 (98 %), 2 (2 %)`, or how the values are spread where there are many. */
function argumentText(reading: ArgumentReading): string {
  const { values, others, least, greatest } = reading;
  if (others === 0 && values.length <= FEW) return mostFrequent(reading, FEW);
  const many = others === 0 ? `${values.length} values` : `over ${values.length} values`;
  return `${many}, ${valueText(least)} to ${valueText(greatest)}; most often ${mostFrequent(reading, 3)}${spread(reading)}`;
}

/** As {@link argumentText}, in a few characters. */
function shortArgumentText(reading: ArgumentReading): string {
  const { values, others, least, greatest } = reading;
  if (values.length === 1 && others === 0) return valueText(values[0]?.value ?? 0n);
  if (others === 0 && values.length <= FEW) return mostFrequent(reading, 2);
  return `${valueText(least)}…${valueText(greatest)}`;
}

function mostFrequent({ values, others, times }: ArgumentReading, most: number): string {
  if (values.length === 1 && others === 0) return valueText(values[0]?.value ?? 0n);
  const shown = values.slice(0, most).map((each) => `${valueText(each.value)} (${percent(each.times, times)})`);
  return `${shown.join(', ')}${values.length > most ? ', …' : ''}`;
}

/** By powers of two, the most frequent first: `; by size 4096 to 8191 (80 %), 1 (20 %)`. Nothing where all are of one size. */
function spread({ widths, times }: ArgumentReading): string {
  const used = widths
    .map((count, width) => ({ count, width }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
  if (used.length === 1) return '';
  const shown = used.slice(0, FEW).map(({ count, width }) => {
    const least = width === 0 ? 0n : 1n << BigInt(width - 1);
    const greatest = width === 0 ? 0n : (1n << BigInt(width)) - 1n;
    const range = least === greatest ? plainText(least) : `${plainText(least)} to ${plainText(greatest)}`;
    return `${range} (${percent(count, times)})`;
  });
  return `; by size ${shown.join(', ')}${used.length > FEW ? ', …' : ''}`;
}

function percent(part: number, whole: number): string {
  const share = (part * 100) / whole;
  return share > 0 && share < 1 ? '<1 %' : `${Math.round(share)} %`;
}

/** Beyond this, a number is more likely an address or a mask than a count. */
const DECIMAL_UP_TO = 0xffffn;
/** Error numbers are negative, and small. */
const LEAST_ERROR = -4096n;

/** `-2`, `512`, `0xffff888003400000`. */
function valueText(value: bigint): string {
  const signed = BigInt.asIntN(64, value);
  if (signed < 0n && signed >= LEAST_ERROR) return String(signed);
  return plainText(value);
}

function plainText(value: bigint): string {
  return value <= DECIMAL_UP_TO ? String(value) : `0x${value.toString(16)}`;
}
