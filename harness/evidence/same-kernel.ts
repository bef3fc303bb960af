import type { Bytes } from '../units.ts';
import type { ElfFile } from './elf-file.ts';

/** Around an address, on either side. */
const COMPARED: Bytes = 16;
/** Kernels patch their code while they run (alternatives, probes, static keys). Code of another build is alike by chance only. */
const ALIKE = 0.5;

/**
 * Whether the code of a file stands in a guest's memory, at each of some addresses.
 * @returns `undefined` for an address at which the file holds no code, or the guest has no memory.
 */
export async function compareCode(
  elf: ElfFile,
  addresses: readonly bigint[],
  read: (address: bigint, bytes: Bytes) => Promise<Buffer>,
): Promise<readonly (boolean | undefined)[]> {
  const expected = await elf.codeAround(addresses, COMPARED);
  const compared: (boolean | undefined)[] = [];
  for (const code of expected) {
    const actual = code && (await read(code.address, code.bytes.length));
    compared.push(actual?.length ? areAlike(code?.bytes ?? actual, actual) : undefined);
  }
  return compared;
}

function areAlike(expected: Buffer, actual: Buffer): boolean {
  const same = actual.filter((byte, at) => byte === expected[at]).length;
  return same >= actual.length * ALIKE;
}
