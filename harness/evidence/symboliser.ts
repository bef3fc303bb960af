import path from 'node:path';
import type { ToolOutput } from '../qemu/tool.ts';

/** A function that an address lies in, or one that was inlined there. */
export interface NamedPlace {
  /** As the tool tells it. */
  readonly function: string | undefined;
  /** From the function's first byte; `undefined` for one that was inlined, and where the tool does not tell. */
  readonly offset: number | undefined;
  readonly file: string | undefined;
  readonly line: number | undefined;
}

/** The functions at each address, the one that was inlined deepest first. */
export type NamedPlaces = ReadonlyMap<bigint, readonly NamedPlace[]>;

/** A program that reads an ELF file and names addresses. One process names many. */
export interface Symboliser {
  /** Names by which it may be installed, the one to try first before the others. */
  readonly programs: readonly string[];
  /** A second program that must be there too, found beside the first by the same change of the name. */
  readonly companion?: readonly string[];
  readonly run: (ask: Ask, file: string, addresses: readonly bigint[]) => Promise<NamedPlaces>;
}

/** Runs the program, or its companion. */
export type Ask = (args: readonly string[], input?: string, program?: 'itself' | 'companion') => Promise<ToolOutput>;

/** The source file without detours, as every tool would tell it. */
export function sourceFile(told: string | undefined): string | undefined {
  return told === undefined || told === '' || told === '??' ? undefined : path.posix.normalize(told);
}

export function hexLines(addresses: readonly bigint[]): string {
  return addresses.map((address) => `0x${address.toString(16)}\n`).join('');
}
