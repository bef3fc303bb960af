import type { Bytes } from '../units.ts';

/** Little-endian unless a layout says otherwise. `text` ends with a NUL, or with the field. */
export type FieldType = (typeof fieldTypes)[number];

export const fieldTypes = ['u8', 'u16', 'u32', 'u64', 'i8', 'i16', 'i32', 'i64', 'text'] as const;

export type Endian = 'little' | 'big';

export interface FieldLayout {
  /** Offset within the record. */
  readonly at: Bytes;
  readonly type: FieldType;
  /** How long a text may be. */
  readonly bytes?: Bytes | undefined;
}

/** A struct in a guest's RAM. */
export interface RecordLayout {
  readonly bytes: Bytes;
  readonly fields: { readonly [name: string]: FieldLayout };
}

/** 64-bit integers are big, all others plain. */
export type FieldValue = number | bigint | string;

export type RecordValues = Readonly<Record<string, FieldValue>>;

const WIDTHS = { u8: 1, u16: 2, u32: 4, u64: 8, i8: 1, i16: 2, i32: 4, i64: 8 } as const satisfies Record<
  Exclude<FieldType, 'text'>,
  Bytes
>;

export function widthOfField({ type, bytes = 0 }: FieldLayout): Bytes {
  return type === 'text' ? bytes : WIDTHS[type];
}

/** @param record At least as long as the field's end. */
export function readField(record: Buffer, field: FieldLayout, endian: Endian): FieldValue {
  const bytes = record.subarray(field.at, field.at + widthOfField(field));
  if (field.type === 'text') {
    const end = bytes.indexOf(0);
    return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
  }
  const [value, bits] = [unsigned(bytes, endian), bytes.length * 8];
  const signed = field.type.startsWith('i') ? BigInt.asIntN(bits, value) : value;
  return bits === 64 ? signed : Number(signed);
}

export function readRecord(record: Buffer, { fields }: RecordLayout, endian: Endian): RecordValues {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, readField(record, field, endian)]));
}

function unsigned(bytes: Buffer, endian: Endian): bigint {
  const ordered = endian === 'little' ? Buffer.from(bytes).reverse() : bytes;
  return BigInt(`0x${ordered.toString('hex') || '0'}`);
}

/** Nobody has written to it since the guest's RAM was zeroed. */
export function isBlank(record: Buffer): boolean {
  return record.every((byte) => byte === 0);
}
