import { readFileSync } from 'node:fs';

const SYMBOL_TABLE = 2;
const SYMBOL_SIZE = 24;
const TYPE_FUNCTION = 2;

interface ElfFunction {
  readonly name: string;
  readonly start: bigint;
  readonly size: bigint;
}

/** The functions in a 64-bit little-endian ELF's symbol table (ELF-64 Object File Format, version 1.5). */
export function elfFunctions(elf: string): readonly ElfFunction[] {
  const bytes = readFileSync(elf);
  const number = (at: number) => Number(bytes.readBigUInt64LE(at));
  const sectionAt = (index: number) => number(0x28) + index * bytes.readUInt16LE(0x3a);
  const sections = Array.from({ length: bytes.readUInt16LE(0x3c) }, (_, index) => sectionAt(index));
  const symbols = sections.find((section) => bytes.readUInt32LE(section + 4) === SYMBOL_TABLE);
  if (symbols === undefined) throw new Error(`${elf} has no symbol table`);
  const names = number(sectionAt(bytes.readUInt32LE(symbols + 0x28)) + 0x18);
  const [start, size] = [number(symbols + 0x18), number(symbols + 0x20)];
  const functions: ElfFunction[] = [];
  for (let symbol = start; symbol < start + size; symbol += SYMBOL_SIZE) {
    if ((bytes.readUInt8(symbol + 4) & 0xf) !== TYPE_FUNCTION) continue;
    const name = names + bytes.readUInt32LE(symbol);
    functions.push({
      name: bytes.toString('latin1', name, bytes.indexOf(0, name)),
      start: bytes.readBigUInt64LE(symbol + 8),
      size: bytes.readBigUInt64LE(symbol + 16),
    });
  }
  return functions;
}

/** The name of the function that an address lies in; `undefined` for one outside of all. */
export function functionAt(elf: string, address: bigint): string | undefined {
  return elfFunctions(elf).find(({ start, size }) => address >= start && address < start + size)?.name;
}
