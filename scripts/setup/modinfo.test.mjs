import { describe, expect, test } from 'vitest';
import { readModinfo } from './modinfo.mjs';

/** The smallest ELF64 file with a section .modinfo: a header, two sections' bytes, and their table. */
function moduleSaying(...fields) {
  const modinfo = Buffer.from(fields.map((field) => `${field}\0`).join(''), 'latin1');
  const names = Buffer.from('\0.modinfo\0.shstrtab\0', 'latin1');
  const table = 64 + modinfo.length + names.length;
  const header = Buffer.alloc(64);
  header.write('\x7fELF', 'latin1');
  header.writeBigUInt64LE(BigInt(table), 0x28);
  header.writeUInt16LE(64, 0x3a);
  header.writeUInt16LE(3, 0x3c);
  header.writeUInt16LE(2, 0x3e);
  const section = (name, offset, size) => {
    const bytes = Buffer.alloc(64);
    bytes.writeUInt32LE(name, 0);
    bytes.writeBigUInt64LE(BigInt(offset), 0x18);
    bytes.writeBigUInt64LE(BigInt(size), 0x20);
    return bytes;
  };
  const sections = [section(0, 0, 0), section(1, 64, modinfo.length), section(10, 64 + modinfo.length, names.length)];
  return Buffer.concat([header, modinfo, names, ...sections]);
}

describe('readModinfo', () => {
  test('reads dependencies, soft dependencies and aliases', () => {
    const elf = moduleSaying(
      'license=GPL',
      'alias=fs-ext4',
      'alias=ext4',
      'softdep=pre: crc32c crypto',
      'depends=jbd2,mbcache',
    );
    expect(readModinfo(elf)).toEqual({
      depends: ['jbd2', 'mbcache'],
      soft: ['crc32c', 'crypto'],
      aliases: ['fs-ext4', 'ext4'],
    });
  });

  test('reads only what comes before the module from a soft dependency', () => {
    expect(readModinfo(moduleSaying('softdep=pre: a b post: c')).soft).toEqual(['a', 'b']);
    expect(readModinfo(moduleSaying('softdep=post: c')).soft).toEqual([]);
  });

  test('takes an empty list for what it is', () => {
    expect(readModinfo(moduleSaying('depends='))).toEqual({ depends: [], soft: [], aliases: [] });
  });
});
