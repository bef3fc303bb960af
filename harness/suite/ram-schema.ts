import { z } from 'zod';
import { type FieldLayout, fieldTypes, widthOfField } from '../trace/record-layout.ts';
import { tableBytes, tableStatuses } from '../trace/result-table.ts';
import { ringLaws } from '../trace/ring.ts';
import type { Bytes } from '../units.ts';
import { fields } from './fields.ts';

/** The shapes of what a target lays out of its guest's RAM. */

/** More than this takes longer to read than a case should wait. */
const MOST_BYTES: Bytes = 2 ** 20;

const offset = z
  .number({ error: 'expected a number of bytes' })
  .int('expected a whole number')
  .nonnegative('expected a number from 0 up');
const count = z
  .number({ error: 'expected a number' })
  .int('expected a whole number')
  .positive('expected a number above 0');

/** It names a file. */
export const ramName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'expected letters, digits, ".", "_" and "-": it names a file');

const symbol = z.string({ error: 'expected the name of a symbol' }).regex(/^\S+$/, 'expected the name of a symbol');

const field = fields({ at: offset, type: z.enum(fieldTypes), bytes: count.optional() }).refine(
  ({ type, bytes }) => (type === 'text') === (bytes !== undefined),
  'expected `bytes` for a text, and for nothing else',
);

const numberTypes = fieldTypes.filter((type) => type !== 'text');
const number = { at: offset, type: z.enum(numberTypes) };

const record = fields({ bytes: count, fields: z.record(z.string().min(1), field) }).superRefine((layout, context) => {
  for (const [name, part] of Object.entries(layout.fields)) {
    const end = part.at + widthOfField(part as FieldLayout);
    if (end > layout.bytes)
      context.addIssue({
        code: 'custom',
        path: ['fields', name],
        message: `it ends at byte ${end}, and an entry at ${layout.bytes}`,
      });
  }
});

const endian = z.enum(['little', 'big']).optional();

export const ringSchema = fields({
  symbol,
  stride: count.optional(),
  first: offset.optional(),
  cpus: count.max(1024, 'expected at most 1024').optional(),
  capacity: count,
  entry: record,
  endian,
  head: fields({
    symbol: symbol.optional(),
    stride: count.optional(),
    at: offset.optional(),
    type: z.enum(numberTypes),
    counts: z.enum(['events', 'slots']),
  }),
  time: z.string(),
  event: fields({ field: z.string(), names: z.record(z.string(), z.string()) }).optional(),
  laws: z.array(z.enum(ringLaws)).optional(),
}).superRefine(({ symbol, stride, cpus, capacity, entry, time, event }, context) => {
  const say = (path: readonly string[], message: string) =>
    context.addIssue({ code: 'custom', path: [...path], message });
  const bytes = capacity * entry.bytes;
  if (bytes > MOST_BYTES) say(['capacity'], `expected at most ${MOST_BYTES} bytes for each CPU, got ${bytes}`);
  if (stride !== undefined && stride < bytes)
    say(['stride'], `expected at least the ${bytes} bytes of a ring, got ${stride}`);
  if (stride === undefined && cpus !== 1 && !symbol.includes('{cpu}'))
    say(['symbol'], 'expected "{cpu}" in it, or a `stride` from one CPU’s ring to the next, or `cpus: 1`');
  if (!isNumber(entry.fields[time]))
    say(['time'], `expected a field of the entry that is a number, got ${JSON.stringify(time)}`);
  if (event && !entry.fields[event.field])
    say(['event', 'field'], `expected a field of the entry, got ${JSON.stringify(event.field)}`);
});

export const tableSchema = fields({
  symbol,
  magic: fields({ ...number, value: z.number().int('expected a whole number') }).optional(),
  count: fields(number).optional(),
  first: offset.optional(),
  capacity: count,
  entry: record,
  endian,
  name: z.string(),
  status: fields({ field: z.string(), means: z.record(z.string(), z.enum(tableStatuses)) }),
}).superRefine((table, context) => {
  const say = (path: readonly string[], message: string) =>
    context.addIssue({ code: 'custom', path: [...path], message });
  const bytes = tableBytes(table);
  if (bytes > MOST_BYTES) say(['capacity'], `expected a table of at most ${MOST_BYTES} bytes, got ${bytes}`);
  for (const [path, name] of [
    [['name'], table.name],
    [['status', 'field'], table.status.field],
  ] as const)
    if (!table.entry.fields[name]) say(path, `expected a field of the entry, got ${JSON.stringify(name)}`);
});

function isNumber(layout: { readonly type: string } | undefined): boolean {
  return layout !== undefined && layout.type !== 'text';
}
