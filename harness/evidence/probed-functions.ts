import { DeclarationError, EnvironmentError } from '../errors.ts';
import { nearest } from '../expected.ts';
import type { MachinePlan } from '../machine/plan.ts';
import type { ProbedFunction } from '../trace/function-probes.ts';
import type { Deadline } from '../units.ts';
import { type NamedSymbol, readFunctionTable } from './function-table.ts';
import { openSymbolFile } from './symbol-table.ts';

/** The functions that each probe is of, by the symbol or glob that it was declared with. At least one each. */
export type FoundFunctions = ReadonlyMap<string, readonly ProbedFunction[]>;

/** QEMU compares every block of code that runs with each function: docs/decisions/probes.md says what that costs. */
export const MOST_FUNCTIONS = 64;

/** How much slower a guest runs with so many functions probed, for people: `up to 3 times`. As measured there: a boot on x86-64. */
export function describeSlowdown(functions: number): string {
  return `up to ${Math.round(3 + functions / 12)} times`;
}

/** To look for a name that is meant among more than these takes longer than anyone waits. */
const MOST_LOOKED_THROUGH = 20_000;
const MOST_LISTED = 5;

/**
 * Finds the functions that symbols and globs name, in the kernel that a machine boots.
 * @param probes Names as the ELF file has them or as people write them, with `*` for any characters and `?` for one.
 * @throws DeclarationError for a machine that cannot be probed, a name or glob that no function has, and for too many functions.
 * @throws EnvironmentError where nothing is installed that reads symbols.
 */
export async function findFunctions(
  plan: MachinePlan,
  probes: readonly string[],
  within: Deadline,
): Promise<FoundFunctions> {
  requireProbeable(plan);
  const elf = await openSymbolFile(plan);
  if (typeof elf === 'string') throw refusal(`${elf}`);
  const symbols = await readFunctionTable(elf, within);
  if (typeof symbols === 'string') throw new EnvironmentError(`probes: ${symbols}`);
  const found = new Map(probes.map((probe) => [probe, matching(probe, symbols, elf.path)]));
  requireFew(found);
  return new Map([...found].map(([probe, functions]) => [probe, named(functions)]));
}

/** @throws DeclarationError where QEMU could not be told, or would not do it. */
function requireProbeable({ source, machine }: MachinePlan): void {
  if (source.kind !== 'qemu')
    throw refusal('a launcher starts QEMU with its own arguments: its functions cannot be probed');
  if (machine.accelerator !== 'tcg')
    throw refusal(
      `only QEMU’s own emulation tells of calls; this machine runs with ${machine.accelerator}. Set accelerator: 'tcg'`,
    );
  const clash = machine.qemu.find((argument) => LOG_OPTION.test(argument));
  if (clash !== undefined)
    throw refusal(`the machine’s own QEMU arguments have ${clash}, which would switch the probes off; leave it out`);
}

/** Its text is the whole story: whoever declared the probe knows where. */
function refusal(why: string): DeclarationError {
  const error = new DeclarationError(`probes: ${why}`);
  error.stack = `${error.name}: ${error.message}`;
  return error;
}

/** QEMU heeds the last of each. */
const LOG_OPTION = /^--?(?:d|D|dfilter)$/;

function matching(probe: string, symbols: readonly NamedSymbol[], file: string): readonly NamedSymbol[] {
  const pattern = patternOf(probe);
  const matches = symbols.filter(({ name, readable }) => pattern.test(name) || pattern.test(readable));
  const functions = matches.filter(({ isFunction }) => isFunction);
  if (functions.length > 0) return onePerAddress(functions);
  const what = isGlob(probe) ? `no function of ${file} matches` : `${file} has no function`;
  const data = matches[0] && !isGlob(probe) ? `: that is data` : near(probe, symbols);
  throw refusal(`${what} ${JSON.stringify(probe)}${data}`);
}

function isGlob(probe: string): boolean {
  return /[*?]/.test(probe);
}

/**
 * A name is also that of the copies that compilers make of a function for some of its callers (GCC's `fork.constprop.0` and
 * `fork.isra.0`, LLVM's `fork.llvm.12`): without them, the calls of these would be missed.
 */
function patternOf(probe: string): RegExp {
  const text = probe.replaceAll(/[\\^$.*+?()[\]{}|]/g, (character) =>
    character === '*' ? '.*' : character === '?' ? '.' : `\\${character}`,
  );
  return new RegExp(`^${text}(?:\\.(?:constprop|isra|llvm)\\.\\d+)*$`, 's');
}

/** A function may have several names. */
function onePerAddress(functions: readonly NamedSymbol[]): readonly NamedSymbol[] {
  const byAddress = new Map<bigint, NamedSymbol>();
  for (const found of functions) {
    const other = byAddress.get(found.address);
    if (!other || (found.isGlobal && !other.isGlobal)) byAddress.set(found.address, found);
  }
  return [...byAddress.values()].sort((a, b) => (a.address < b.address ? -1 : 1));
}

/** ` (did you mean "vfs_read"?)`, or a few of the names that hold this one. */
function near(probe: string, symbols: readonly NamedSymbol[]): string {
  const names = [...new Set(symbols.filter(({ isFunction }) => isFunction).map(({ readable }) => readable))];
  const stem = probe.replaceAll(/^[*?]+|[*?]+$/g, '').toLowerCase();
  const holding = stem === '' ? [] : names.filter((name) => name.toLowerCase().includes(stem));
  const meant = nearest(probe, names.slice(0, MOST_LOOKED_THROUGH));
  const listed = [...new Set([...(meant === undefined ? [] : [meant]), ...holding.sort(byLength)])];
  if (listed.length === 0) return '';
  const more = listed.length > MOST_LISTED ? `, or another of ${listed.length}` : '';
  const shown = listed.slice(0, MOST_LISTED).map((name) => JSON.stringify(name));
  return ` (did you mean ${shown.join(', ')}${more}?)`;
}

function byLength(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}

/** @throws DeclarationError */
function requireFew(found: ReadonlyMap<string, readonly NamedSymbol[]>): void {
  const addresses = new Set([...found.values()].flat().map(({ address }) => address));
  if (addresses.size <= MOST_FUNCTIONS) return;
  const [[probe, functions] = ['', []]] = [...found].sort(([, a], [, b]) => b.length - a.length);
  const examples = functions.slice(0, MOST_LISTED).map(({ readable }) => readable);
  throw refusal(
    `${JSON.stringify(probe)} matches ${functions.length} functions (${examples.join(', ')}, …)${
      found.size > 1 ? `, all probes together ${addresses.size}` : ''
    }; at most ${MOST_FUNCTIONS} can be probed at once, because each slows down all that the guest does. Name them more closely`,
  );
}

/** Functions with one name are told apart by their addresses. */
function named(functions: readonly NamedSymbol[]): readonly ProbedFunction[] {
  return functions.map(({ readable, address }) => {
    const at = `0x${address.toString(16)}`;
    const isAlone = functions.filter((other) => other.readable === readable).length === 1;
    return { name: isAlone ? readable : `${readable} (${at})`, address: at };
  });
}
