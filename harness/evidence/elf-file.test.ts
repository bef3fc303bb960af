import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { archNames } from '../arch/archs.ts';
import { calamityImages } from '../testing/project.ts';
import { ScratchFolder } from '../testing/scratch-folder.ts';
import { ElfFile } from './elf-file.ts';

const calamity = path.join(calamityImages, 'x86_64/calamity.elf');
const whole = readFileSync(calamity);

/** An ELF-64 file for x86-64: a header, one segment of code from 0x1000 on, and a section of a type. */
function tinyElf(parts: { machine?: number; sectionType?: number; code?: Buffer; fileBytes?: number } = {}): Buffer {
  const { machine = 62, sectionType = 2, code = Buffer.alloc(64, 0x90), fileBytes = code.length } = parts;
  const bytes = Buffer.alloc(64 + 56 + 64);
  bytes.write('\x7fELF\x02\x01\x01', 'latin1');
  bytes.writeUInt16LE(2, 16);
  bytes.writeUInt16LE(machine, 18);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeBigUInt64LE(120n, 40);
  for (const [index, value] of [64, 56, 1, 64, 1].entries()) bytes.writeUInt16LE(value, 52 + 2 * index);
  bytes.writeUInt32LE(1, 64);
  bytes.writeUInt32LE(5, 68);
  bytes.writeBigUInt64LE(184n, 72);
  bytes.writeBigUInt64LE(0x1000n, 80);
  bytes.writeBigUInt64LE(BigInt(fileBytes), 96);
  bytes.writeBigUInt64LE(64n, 104);
  bytes.writeUInt32LE(sectionType, 124);
  return Buffer.concat([bytes, code]);
}

async function opened(content: Buffer): Promise<Awaited<ReturnType<typeof ElfFile.open>>> {
  using scratch = new ScratchFolder();
  writeFileSync(scratch.at('kernel'), content);
  return await ElfFile.open(scratch.at('kernel'), 'x86_64'); // The folder must stay until it is read.
}

test.each(archNames)('a kernel of %s holds its code', async (arch) => {
  const elf = await ElfFile.open(path.join(calamityImages, arch, 'calamity.elf'), arch);
  if ('unusable' in elf) return expect.fail(elf.unusable);
  const start = arch === 'x86_64' ? 0x100000n : 0x40200000n;
  expect(
    [start - 1n, start, start + 0x3000n, 0x7fff0000n, 2n ** 64n - 1n].map((address) => elf.holds(address)),
  ).toEqual([false, true, true, false, false]);
  expect(elf.range).toMatch(/^0x[0-9a-f]+ to 0x[0-9a-f]+$/);
  const [first, outside] = await elf.codeAround([start, 0x7fff0000n], 16);
  expect(first).toMatchObject({ address: start });
  expect(first?.bytes.length).toBe(16);
  expect(outside).toBeUndefined();
});

describe('a file that is of no use says why', () => {
  test.each([
    ['no ELF file', Buffer.from('MZ'), 'is no ELF file'],
    ['nothing', Buffer.alloc(0), 'is no ELF file'],
    ['another architecture', tinyElf({ machine: 183 }), 'is of another architecture than x86_64'],
    ['a stripped one', tinyElf({ sectionType: 3 }), 'has no symbol table'],
    ['a cut one', whole.subarray(0, 20_000), 'is cut short'],
    ['its header alone', whole.subarray(0, 40), 'is cut short'],
    ['one that ends within its code', tinyElf({ fileBytes: 65 }), 'is cut short: its code'],
  ])('%s', async (_, content, because) => {
    expect(await opened(content)).toMatchObject({ unusable: expect.stringContaining(because) });
  });

  test('one that does not exist', async () => {
    expect(await ElfFile.open('/nonexistent/kernel', 'x86_64')).toMatchObject({ unusable: 'does not exist' });
    expect(await ElfFile.open('/', 'x86_64')).toMatchObject({ unusable: expect.stringContaining('cannot be read') });
  });
});

test('a file of debug information alone has code and no bytes of it', async () => {
  using scratch = new ScratchFolder();
  writeFileSync(scratch.at('kernel'), tinyElf({ code: Buffer.alloc(0) }));
  const elf = await ElfFile.open(scratch.at('kernel'), 'x86_64');
  if ('unusable' in elf) return expect.fail(elf.unusable);
  expect(elf.holds(0x1000n)).toBe(true);
  expect(await elf.codeAround([0x1000n], 16)).toEqual([undefined]);
});

test('a corrupt file never throws', async () => {
  const tiny = tinyElf();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat({ max: tiny.length - 1 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 8 }),
      async (changes) => {
        const content = Buffer.from(tiny);
        for (const [at, value] of changes) content[at] = value;
        const elf = await opened(content);
        expect('unusable' in elf || typeof elf.range === 'string').toBe(true);
      },
    ),
    { numRuns: 200 },
  );
});
