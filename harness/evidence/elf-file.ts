import { type FileHandle, open } from 'node:fs/promises';
import { type Arch, describeArch } from '../arch/archs.ts';
import type { Bytes } from '../units.ts';

/** A part of the kernel's code, where the kernel was linked to run. */
interface CodeSegment {
  readonly start: bigint;
  /** The first address behind it. */
  readonly end: bigint;
  readonly fileOffset: Bytes;
  /** What of it the file holds: nothing where only debug information was kept. */
  readonly fileBytes: Bytes;
}

/** An ELF file, as far as it tells whether it can name the places of a kernel's code. Names themselves are read by tools. */
export class ElfFile {
  readonly path: string;
  /** By address; at least one. */
  readonly #code: readonly CodeSegment[];

  private constructor(path: string, code: readonly CodeSegment[]) {
    this.path = path;
    this.#code = code;
  }

  /**
   * Reads the headers. Never rejects.
   * @returns why the file is of no use, where it is not, in words that follow the file's name.
   */
  static async open(path: string, arch: Arch): Promise<ElfFile | UnusableElf> {
    let file: FileHandle;
    try {
      file = await open(path);
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      return { unusable: missing ? 'does not exist' : `cannot be read (${(error as Error).message})`, isElf: false };
    }
    try {
      const headers = await readHeaders(file, arch);
      return 'unusable' in headers ? headers : new ElfFile(path, headers.code);
    } catch (error) {
      return { unusable: `cannot be read (${(error as Error).message})`, isElf: false };
    } finally {
      await file.close();
    }
  }

  /** Whether code of this file can stand at `address`. */
  holds(address: bigint): boolean {
    return this.#segmentOf(address) !== undefined;
  }

  /** `0x100000 to 0x103608`, from the lowest address of code to the highest. */
  get range(): string {
    return `0x${this.#code[0]?.start.toString(16)} to 0x${this.#code.at(-1)?.end.toString(16)}`;
  }

  /**
   * The bytes around each address, up to `reach` before it and behind it.
   * @returns for each address where the bytes stand and what they are; `undefined` where the file has none.
   */
  async codeAround(addresses: readonly bigint[], reach: Bytes): Promise<(CodeBytes | undefined)[]> {
    const file = await open(this.path);
    try {
      return await Promise.all(addresses.map((address) => this.#read(file, address, reach)));
    } finally {
      await file.close();
    }
  }

  async #read(file: FileHandle, address: bigint, reach: Bytes): Promise<CodeBytes | undefined> {
    const segment = this.#segmentOf(address);
    if (!segment) return undefined;
    const offset = Number(address - segment.start);
    const [from, to] = [Math.max(offset - reach, 0), Math.min(offset + reach, segment.fileBytes)];
    if (to <= from) return undefined;
    return {
      address: segment.start + BigInt(from),
      bytes: await readAt(file, segment.fileOffset + from, to - from),
    };
  }

  #segmentOf(address: bigint): CodeSegment | undefined {
    return this.#code.find(({ start, end }) => address >= start && address < end);
  }
}

export interface CodeBytes {
  readonly address: bigint;
  readonly bytes: Buffer;
}

export interface UnusableElf {
  readonly unusable: string;
  readonly isElf: boolean;
}

// ELF-64 object file format, "ELF header", "Program header", "Sections".
const HEADER_BYTES = 64;
const ELFCLASS64 = 2;
const LITTLE_ENDIAN = 1;
const PT_LOAD = 1;
const PF_X = 1;
const SHT_SYMTAB = 2;
/** A kernel has fewer than ten. */
const MOST_SEGMENTS = 128;

/** Where the fields of the two classes stand. A field of class 64 is twice as wide where its name says so. */
const LAYOUTS = {
  32: {
    phoff: 28,
    shoff: 32,
    phentsize: 42,
    segment: { bytes: 32, flags: 24, offset: 4, vaddr: 8, filesz: 16, memsz: 20 },
  },
  64: {
    phoff: 32,
    shoff: 40,
    phentsize: 54,
    segment: { bytes: 56, flags: 4, offset: 8, vaddr: 16, filesz: 32, memsz: 40 },
  },
} as const;

type Headers = UnusableElf | { readonly code: readonly CodeSegment[] };

async function readHeaders(file: FileHandle, arch: Arch): Promise<Headers> {
  const { size } = await file.stat();
  const head = await readAt(file, 0, HEADER_BYTES);
  if (head.toString('latin1', 0, 4) !== '\x7fELF') return { unusable: 'is no ELF file', isElf: false };
  const unusable = (because: string): UnusableElf => ({ unusable: because, isElf: true });
  if (head.length < HEADER_BYTES) return unusable('is cut short');
  const isOfArch = describeArch(arch).imageFormats.some(({ name, matches }) => name === 'ELF' && matches(head));
  if (!isOfArch || head[5] !== LITTLE_ENDIAN) return unusable(`is of another architecture than ${arch}`);
  const bits = head[4] === ELFCLASS64 ? 64 : 32;
  const layout = LAYOUTS[bits];
  const word = (bytes: Buffer, at: number) =>
    bits === 64 ? bytes.readBigUInt64LE(at) : BigInt(bytes.readUInt32LE(at));
  const [segmentBytes, segments, sectionBytes, sections] = [0, 2, 4, 6].map((at) =>
    head.readUInt16LE(layout.phentsize + at),
  ) as [number, number, number, number];
  const { segment } = layout;
  const [segmentsAt, sectionsAt] = [word(head, layout.phoff), word(head, layout.shoff)];
  const end = BigInt(size);
  if (segmentsAt + BigInt(segmentBytes * segments) > end || sectionsAt + BigInt(sectionBytes * sections) > end)
    return unusable('is cut short: its headers lie past its end');
  if (segments > MOST_SEGMENTS || (segments > 0 && segmentBytes < segment.bytes)) return unusable('is corrupt');
  const table = await readAt(file, Number(segmentsAt), segmentBytes * segments);
  const code: CodeSegment[] = [];
  for (let at = 0; at + segment.bytes <= table.length; at += segmentBytes) {
    if (table.readUInt32LE(at) !== PT_LOAD || (table.readUInt32LE(at + segment.flags) & PF_X) === 0) continue;
    const [start, memory] = [word(table, at + segment.vaddr), word(table, at + segment.memsz)];
    const [fileOffset, fileBytes] = [word(table, at + segment.offset), word(table, at + segment.filesz)];
    if (fileOffset + fileBytes > end) return unusable('is cut short: its code lies past its end');
    code.push({ start, end: start + memory, fileOffset: Number(fileOffset), fileBytes: Number(fileBytes) });
  }
  if (code.length === 0) return unusable('holds no code');
  const sectionTable = await readAt(file, Number(sectionsAt), sectionBytes * sections);
  if (!hasSymbols(sectionTable, sectionBytes))
    return unusable('has no symbol table: it was stripped. The file that the linker wrote has one');
  return { code: code.sort((a, b) => (a.start < b.start ? -1 : 1)) };
}

function hasSymbols(table: Buffer, sectionBytes: Bytes): boolean {
  if (sectionBytes < 8) return false;
  for (let at = 0; at + sectionBytes <= table.length; at += sectionBytes)
    if (table.readUInt32LE(at + 4) === SHT_SYMTAB) return true;
  return false;
}

/** Fewer bytes where the file ends before. */
async function readAt(file: FileHandle, position: Bytes, length: Bytes): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
