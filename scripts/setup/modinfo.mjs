const SECTION_TYPE_NOBITS = 8;

/**
 * What a Linux kernel module says about itself: the section .modinfo of an ELF64 little-endian file.
 * @param {Buffer} elf
 * @returns {{ depends: string[], soft: string[], aliases: string[] }} modules it needs; modules it would like to be
 *   loaded before it; patterns of the hardware and services it stands for
 */
export function readModinfo(elf) {
  const fields = (sectionOf(elf, '.modinfo')?.toString('latin1') ?? '')
    .split('\0')
    .map((field) => /^(\w+)=(.*)$/s.exec(field))
    .filter(Boolean);
  const all = (name) => fields.filter(([, key]) => key === name).map(([, , value]) => value);
  const names = (value) => value.split(/[\s,]+/).filter(Boolean);
  return {
    depends: all('depends').flatMap(names),
    soft: all('softdep').flatMap((value) => names(/pre:\s*([^:]*?)(?:\s*post:|$)/.exec(value)?.[1] ?? '')),
    aliases: all('alias'),
  };
}

function sectionOf(elf, name) {
  const table = Number(elf.readBigUInt64LE(0x28));
  const size = elf.readUInt16LE(0x3a);
  const sections = Array.from({ length: elf.readUInt16LE(0x3c) }, (_, index) => {
    const header = table + index * size;
    const offset = Number(elf.readBigUInt64LE(header + 0x18));
    const length = Number(elf.readBigUInt64LE(header + 0x20));
    const empty = elf.readUInt32LE(header + 4) === SECTION_TYPE_NOBITS;
    return { name: elf.readUInt32LE(header), bytes: elf.subarray(offset, empty ? offset : offset + length) };
  });
  const names = sections[elf.readUInt16LE(0x3e)].bytes;
  return sections.find((section) => textAt(names, section.name) === name)?.bytes;
}

function textAt(bytes, offset) {
  return bytes.toString('latin1', offset, bytes.indexOf(0, offset));
}
