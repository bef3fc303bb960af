import type { Bytes } from '../units.ts';
import {
  type Endian,
  type FieldType,
  isBlank,
  type RecordLayout,
  type RecordValues,
  readField,
  readRecord,
  widthOfField,
} from './record-layout.ts';

/** A table of test results in a guest's RAM. */
export interface TableLayout {
  readonly symbol: string;
  /** A number by which a table that is ready is told, as an offset from the symbol. */
  readonly magic?: (NumberLayout & { readonly value: number }) | undefined;
  /** How many entries there are, as an offset from the symbol. Default: up to the first that is all zero. */
  readonly count?: NumberLayout | undefined;
  /** From the symbol to the first entry. Default 0. */
  readonly first?: Bytes | undefined;
  /** Entries at most. */
  readonly capacity: number;
  readonly entry: RecordLayout;
  /** Default `'little'`. */
  readonly endian?: Endian | undefined;
  /** The field with a test's name. */
  readonly name: string;
  /** The field with a test's result, and what its values mean. Another value is a failure. */
  readonly status: { readonly field: string; readonly means: { readonly [value: string]: TableStatus } };
}

export type TableStatus = (typeof tableStatuses)[number];

export const tableStatuses = ['pass', 'fail', 'skip', 'started'] as const;

export interface NumberLayout {
  readonly at: Bytes;
  readonly type: Exclude<FieldType, 'text'>;
}

export interface TableEntry {
  readonly name: string;
  /** `undefined` for a value that the layout does not list. */
  readonly status: TableStatus | undefined;
  readonly fields: RecordValues;
  /** The entry as it is in RAM, in hexadecimal: two that are the same say the same. */
  readonly raw: string;
}

/** What a table holds. */
export interface TableReading {
  readonly entries: readonly TableEntry[];
  /** What is wrong with it, or was not read: what it says is not all. */
  readonly problems: readonly string[];
}

/** How much of RAM a table takes, from its symbol on. */
export function tableBytes({ first = 0, capacity, entry, magic, count }: TableLayout): Bytes {
  const endOf = (number: NumberLayout | undefined) => (number ? number.at + widthOfField(number) : 0);
  return Math.max(first + capacity * entry.bytes, endOf(magic), endOf(count));
}

/** Decodes a table. Pure, and total: whatever the bytes are, they are told as far as they can be. */
export function decodeTable(layout: TableLayout, memory: Buffer): TableReading {
  const { magic, count, first = 0, capacity, entry, endian = 'little', name, status } = layout;
  if (magic) {
    const found = BigInt(readField(memory, magic, endian));
    if (found !== BigInt(magic.value))
      return {
        entries: [],
        problems: [
          `it is not there (yet): its magic number is 0x${found.toString(16)}, not 0x${magic.value.toString(16)}`,
        ],
      };
  }
  const counted = count && BigInt(readField(memory, count, endian));
  if (counted !== undefined && (counted < 0n || counted > BigInt(capacity)))
    return { entries: [], problems: [`it counts ${counted} entries, and has room for ${capacity}`] };
  const entries: TableEntry[] = [];
  const problems: string[] = [];
  for (let index = 0; index < (counted === undefined ? capacity : Number(counted)); index++) {
    const record = memory.subarray(first + index * entry.bytes, first + (index + 1) * entry.bytes);
    if (isBlank(record)) {
      if (counted === undefined) break;
      problems.push(`entry ${index} was never written`);
      continue;
    }
    const fields = readRecord(record, entry, endian);
    const meaning = status.means[String(fields[status.field])];
    entries.push({ name: String(fields[name]), status: meaning, fields, raw: record.toString('hex') });
  }
  return { entries, problems };
}
