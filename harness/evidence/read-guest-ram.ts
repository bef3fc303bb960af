import type { Machine } from '../machine/machine.ts';
import type { HeldMachine } from '../machine/vcpu-sampler.ts';
import type { GuestRam, GuestRamLayout } from '../trace/guest-ram.ts';
import { widthOfField } from '../trace/record-layout.ts';
import { decodeTable, type TableLayout, type TableReading, tableBytes } from '../trace/result-table.ts';
import { decodeRing, type RingLayout, type RingMemory, type RingReading } from '../trace/ring.ts';
import type { Bytes, Deadline } from '../units.ts';
import { compareCode } from './same-kernel.ts';
import { SymbolTable } from './symbol-table.ts';

/** QEMU's monitor prints memory byte by byte; no piece of it spans two pages, of which one may not be mapped. */
const PAGE: Bytes = 4096;

/**
 * Reads the rings and tables that a machine's plan lays out, while it stands still. Never rejects: what cannot be read
 * says so in its place.
 * @returns `undefined` for a machine whose plan lays out nothing.
 */
export async function readGuestRam(machine: Machine, within: Deadline): Promise<GuestRam | undefined> {
  const layout = machine.plan.ram;
  if (!layout) return undefined;
  const symbols = await SymbolTable.open(machine.plan, within);
  if (typeof symbols === 'string') return nothing(layout, symbols);
  const { vcpus } = machine;
  if (!vcpus) return nothing(layout, 'the machine has no monitor');
  const reading = vcpus
    .hold(async (held) => {
      const other = await isOtherKernel(held, symbols);
      return other
        ? nothing(layout, other)
        : read(layout, new HeldRam(held, symbols, machine.plan.machine.cpus, within));
    })
    .catch((error: Error) => nothing(layout, error.message));
  const found = await within.race([reading], 'late' as const);
  if (found === 'late') return nothing(layout, 'QEMU did not answer in time');
  return found ?? nothing(layout, 'the machine had ended, and its RAM is gone');
}

/** Why nothing of a layout could be read. */
function nothing({ rings, tables }: GuestRamLayout, because: string): GuestRam {
  return {
    rings: mapValues(rings, () => ({ events: [], notes: [`not read: ${because}`], violations: [] })),
    tables: mapValues(tables, () => ({ entries: [], problems: [`not read: ${because}`] })),
  };
}

async function read(layout: GuestRamLayout, ram: HeldRam): Promise<GuestRam> {
  const rings: Record<string, RingReading> = {};
  for (const [name, ring] of Object.entries(layout.rings)) rings[name] = await readRing(ring, ram);
  const tables: Record<string, TableReading> = {};
  for (const [name, table] of Object.entries(layout.tables)) tables[name] = await readTable(table, ram);
  return { rings, tables };
}

async function readRing(ring: RingLayout, ram: HeldRam): Promise<RingReading> {
  const { symbol, stride = 0, first = 0, cpus = ram.cpus, capacity, entry, head } = ring;
  const memories: RingMemory[] = [];
  const notes: string[] = [];
  for (let cpu = 0; cpu < cpus; cpu++) {
    const slots = await ram.at(symbol, cpu, stride * cpu + first, capacity * entry.bytes);
    const headStride = head.stride ?? (head.symbol === undefined ? stride : 0);
    const width = widthOfField({ at: 0, type: head.type });
    const index = await ram.at(head.symbol ?? symbol, cpu, headStride * cpu + (head.at ?? 0), width);
    const trouble = [slots, index].find((bytes) => typeof bytes === 'string');
    if (Buffer.isBuffer(slots) && Buffer.isBuffer(index)) memories.push({ cpu, slots, head: index });
    else notes.push(`CPU ${cpu}: not read: ${trouble}`);
  }
  const decoded = decodeRing(ring, memories);
  return { ...decoded, notes: [...notes, ...decoded.notes] };
}

async function readTable(table: TableLayout, ram: HeldRam): Promise<TableReading> {
  const memory = await ram.at(table.symbol, 0, 0, tableBytes(table));
  return typeof memory === 'string' ? { entries: [], problems: [`not read: ${memory}`] } : decodeTable(table, memory);
}

/** A kernel of which the file is not has its things elsewhere: what is read there would mean nothing. */
async function isOtherKernel(held: HeldMachine, { elf }: SymbolTable): Promise<string | undefined> {
  for (const { cpu, pc } of await held.vcpus()) {
    const [same] = await compareCode(elf, [pc], (address, bytes) => held.readMemory(cpu, address, bytes));
    if (same !== undefined) return same ? undefined : `${elf.path} is of another kernel than the one that runs`;
  }
  return undefined;
}

/** The RAM of a machine that stands still, by symbol. */
class HeldRam {
  readonly cpus: number;
  readonly #held: HeldMachine;
  readonly #symbols: SymbolTable;
  readonly #within: Deadline;

  constructor(held: HeldMachine, symbols: SymbolTable, cpus: number, within: Deadline) {
    this.#held = held;
    this.#symbols = symbols;
    this.cpus = cpus;
    this.#within = within;
  }

  /** @returns why it cannot be read, as a sentence without its end. */
  async at(pattern: string, cpu: number, offset: Bytes, bytes: Bytes): Promise<Buffer | string> {
    const name = pattern.replaceAll('{cpu}', String(cpu));
    const symbol = this.#symbols.find(name);
    if (typeof symbol === 'string') return symbol;
    if (symbol.bytes > 0 && offset + bytes > symbol.bytes)
      return `${name} has ${symbol.bytes} bytes, and the declaration wants ${offset + bytes}`;
    return this.#read(name, symbol.address + BigInt(offset), bytes);
  }

  async #read(name: string, start: bigint, bytes: Bytes): Promise<Buffer | string> {
    const pieces: Buffer[] = [];
    for (let done = 0; done < bytes; ) {
      if (this.#within.passed) return `the time was up after ${done} of ${bytes} bytes of ${name}`;
      const address = start + BigInt(done);
      const length = Math.min(bytes - done, PAGE - Number(address % BigInt(PAGE)));
      const piece = await this.#page(address, length);
      if (!piece) return `no RAM is mapped at 0x${address.toString(16)}, which belongs to ${name}`;
      pieces.push(piece);
      done += length;
    }
    return Buffer.concat(pieces);
  }

  /** A vCPU that runs a program may not see the kernel's memory. */
  async #page(address: bigint, bytes: Bytes): Promise<Buffer | undefined> {
    for (let cpu = 0; cpu < this.cpus; cpu++) {
      const piece = await this.#held.readMemory(cpu, address, bytes);
      if (piece.length === bytes) return piece;
    }
    return undefined;
  }
}

function mapValues<T, U>(values: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}
