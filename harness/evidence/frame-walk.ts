import { CALL_BYTES, type Call, type FrameRegisters, type StackDialect } from '../arch/stack.ts';
import type { Bytes } from '../units.ts';
import { MOST_FRAMES } from './gdb.ts';
import type { CodeAddress } from './symbols.ts';

/** What a walk looks at, all of one vCPU at one moment. */
export interface WalkedVcpu {
  readonly pc: bigint;
  readonly sp: bigint;
  readonly dump: string;
  /** Fewer bytes, or none, where there is no memory. */
  readonly read: (address: bigint, bytes: Bytes) => Promise<Buffer>;
  /** Whether the kernel's code lies at an address; `undefined` when nobody knows where it lies. */
  readonly isCode: ((address: bigint) => boolean) | undefined;
  /** Where the function at the PC begins, where that is known. */
  readonly functionStart: bigint | undefined;
}

/** Stacks end at the end of one. */
const PAGE = 4096n;
/** What a processor pushes, and before that the code at its vector all of the registers. */
const INTERRUPT_BYTES: Bytes = 256;
/** An interrupt or exception may have a stack of its own, below the one that it came upon. */
const MOST_STACKS = 4;

/**
 * The calls that the frame pointers of a vCPU tell, innermost first; the PC alone where they tell none. A hostile stack gives
 * no more than {@link MOST_FRAMES}: every frame is another one, and returns to behind a call, or into the kernel's code.
 */
export async function walkFrames(vcpu: WalkedVcpu, dialect: StackDialect): Promise<readonly CodeAddress[]> {
  const innermost: CodeAddress = { address: vcpu.pc, isReturn: false };
  const registers = dialect.registers(vcpu.dump);
  if (!registers) return [innermost];
  const callers = await walkChain(vcpu, dialect, registers);
  const hidden =
    (await findJustInterrupted(vcpu, dialect)) ??
    (await findHiddenCaller(vcpu, dialect, registers, callers[0]?.address));
  return [innermost, ...(hidden ? [hidden] : []), ...callers].slice(0, MOST_FRAMES);
}

/** The beginning of a chain that somebody else tells, as far as it could be true. */
export async function believableFrames(
  chain: readonly CodeAddress[],
  vcpu: WalkedVcpu,
  dialect: StackDialect,
): Promise<readonly CodeAddress[]> {
  for (const [index, { address, isReturn }] of chain.entries()) {
    if (index === 0 || vcpu.isCode?.(address)) continue;
    const isBelievable = isReturn && (await callBefore(vcpu, dialect, address)) !== undefined;
    if (!isBelievable) return chain.slice(0, index);
  }
  return chain;
}

async function walkChain(vcpu: WalkedVcpu, dialect: StackDialect, registers: FrameRegisters): Promise<CodeAddress[]> {
  const { wordBytes } = registers;
  const callers: CodeAddress[] = [];
  const seen = new Set<bigint>();
  let stacks = 1;
  let frame = registers.framePointer;
  while (callers.length < MOST_FRAMES && frame !== 0n && frame % BigInt(wordBytes) === 0n && !seen.has(frame)) {
    seen.add(frame);
    const [next, word] = wordsIn(await vcpu.read(frame, 2 * wordBytes), wordBytes);
    if (next === undefined || word === undefined) break;
    const address = dialect.codeAddress(word);
    const isReturn = (await callBefore(vcpu, dialect, address)) !== undefined;
    if (address === 0n || (!isReturn && !vcpu.isCode?.(address))) break;
    const [last] = callers.slice(-1);
    // The code at a vector may make a frame of its own for the function that it came upon.
    const isTold = last !== undefined && !isReturn && !last.isReturn && last.address === address;
    if (!isTold) callers.push({ address, isReturn });
    const interrupted = await findInterrupted(vcpu, dialect, frame + BigInt(2 * wordBytes), next);
    if (interrupted) callers.push(interrupted);
    if (next < frame && ++stacks > MOST_STACKS) break;
    frame = next;
  }
  return callers;
}

/** What the processor came upon when it entered the code that a frame returns to, where that was no call. */
async function findInterrupted(
  vcpu: WalkedVcpu,
  { interruptedAbove }: StackDialect,
  above: bigint,
  callersFrame: bigint,
): Promise<CodeAddress | undefined> {
  if (!interruptedAbove) return undefined;
  const whole = await vcpu.read(above, INTERRUPT_BYTES);
  const toPageEnd = Number(PAGE - (above % PAGE));
  const memory = whole.length > 0 ? whole : await vcpu.read(above, Math.min(toPageEnd, INTERRUPT_BYTES));
  return interruptedCode(vcpu, interruptedAbove(wordsIn(memory, 8), callersFrame));
}

async function findJustInterrupted(
  vcpu: WalkedVcpu,
  { justInterrupted }: StackDialect,
): Promise<CodeAddress | undefined> {
  return justInterrupted && interruptedCode(vcpu, justInterrupted(wordsIn(await vcpu.read(vcpu.sp, 48), 8), vcpu.sp));
}

function interruptedCode({ isCode }: WalkedVcpu, address: bigint | undefined): CodeAddress | undefined {
  return address !== undefined && isCode?.(address) ? { address, isReturn: false } : undefined;
}

/**
 * Who called a function that has made no frame (yet), or a place without code: the frame pointer is still the caller's, and
 * so leads to the caller's caller. It is believed where it stands behind a call of just this function.
 */
async function findHiddenCaller(
  vcpu: WalkedVcpu,
  dialect: StackDialect,
  { linkRegister, wordBytes }: FrameRegisters,
  known: bigint | undefined,
): Promise<CodeAddress | undefined> {
  const words =
    linkRegister === undefined ? wordsIn(await vcpu.read(vcpu.sp, 2 * wordBytes), wordBytes) : [linkRegister];
  const isNowhere = vcpu.isCode ? !vcpu.isCode(vcpu.pc) : (await vcpu.read(vcpu.pc, 1)).length === 0;
  for (const word of words) {
    const address = dialect.codeAddress(word);
    if (address === known) return undefined;
    const call = await callBefore(vcpu, dialect, address);
    const isWithin = vcpu.functionStart !== undefined && address > vcpu.functionStart && address <= vcpu.pc;
    if (call && !isWithin && leadsTo(call, vcpu, isNowhere)) return { address, isReturn: true };
  }
  return undefined;
}

function leadsTo({ target }: Call, { pc, functionStart }: WalkedVcpu, isNowhere: boolean): boolean {
  if (isNowhere) return true;
  return target === undefined ? functionStart === pc : target === functionStart;
}

async function callBefore(vcpu: WalkedVcpu, dialect: StackDialect, address: bigint): Promise<Call | undefined> {
  if (address < BigInt(CALL_BYTES)) return undefined;
  const before = await vcpu.read(address - BigInt(CALL_BYTES), CALL_BYTES);
  return before.length < CALL_BYTES ? undefined : dialect.callBefore(before, address);
}

function wordsIn(memory: Buffer, wordBytes: 4 | 8): bigint[] {
  const words: bigint[] = [];
  for (let at = 0; at + wordBytes <= memory.length; at += wordBytes)
    words.push(wordBytes === 8 ? memory.readBigUInt64LE(at) : BigInt(memory.readUInt32LE(at)));
  return words;
}
