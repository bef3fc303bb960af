import { type Arch, archNames, describeArch } from '../arch/archs.ts';
import { DeclarationError } from '../errors.ts';
import { visibleLine } from '../lines/visible.ts';
import { STANDARD_INPUT } from './log-input.ts';

/** First bytes of files that hold something else than text. */
const PACKED: readonly { readonly magic: readonly number[]; readonly name: string; readonly unpack: string }[] = [
  { magic: [0x1f, 0x8b], name: 'gzip', unpack: 'zcat' },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], name: 'zstd', unpack: 'zstdcat' },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], name: 'xz', unpack: 'xzcat' },
  { magic: [0x42, 0x5a, 0x68], name: 'bzip2', unpack: 'bzcat' },
];

/** The architecture whose lines stand in a piece of a log; the earliest of them decides. */
export function archOfLog(piece: Buffer): Arch | undefined {
  const text = piece.toString('latin1');
  const found = archNames
    .map((arch) => ({ arch, at: text.search(describeArch(arch).interruptWords.signs) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at);
  return found[0]?.arch;
}

/**
 * Refuses what can be told by its first bytes to be no log.
 * @param command What would read it: `trace report`.
 * @throws DeclarationError
 */
export function refusePacked(name: string, head: Buffer, command: string): void {
  const packed = PACKED.find(({ magic }) => magic.every((byte, index) => head[index] === byte));
  if (!packed) return;
  const input = name === STANDARD_INPUT ? '' : ` ${name}`;
  throw new DeclarationError(
    `${name} is compressed with ${packed.name}. \`${packed.unpack}${input} | twinboot ${command} -\` reads it.`,
  );
}

/** Why a text is no interrupt log, as far as its beginning tells. */
export function notALog(name: string, head: Buffer, arch: Arch | undefined): DeclarationError {
  if (head.length === 0) return new DeclarationError(`${name} is empty: QEMU writes it with -d int -D FILE`);
  if (head.includes(0)) return new DeclarationError(`${name} is binary, and no log that QEMU wrote with -d int`);
  const first = visibleLine(head.toString('latin1').split('\n', 1)[0] ?? '', 80);
  const of = arch ? ` of ${arch}` : '';
  return new DeclarationError(
    `${name} holds not one interrupt or exception${of} as QEMU logs it with -d int; it begins with: ${first}`,
  );
}
