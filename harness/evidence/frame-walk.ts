import { CALL_BYTES, type Call, type FrameRegisters, type Interrupted, type StackDialect } from '../arch/stack.ts';
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
  /** Where the function at an address begins, where that is known. */
  readonly functionStart: (address: bigint) => Promise<bigint | undefined>;
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
  const known = callers[0]?.address;
  const interrupted = await findJustInterrupted(vcpu, dialect);
  const hidden = interrupted
    ? await interruptedFrames(vcpu, dialect, interrupted, known)
    : await findHiddenCaller(vcpu, dialect, vcpu.pc, await returnWords(vcpu, registers), known);
  return [innermost, ...hidden, ...callers].slice(0, MOST_FRAMES);
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
    if (interrupted) {
      const [, known] = wordsIn(await vcpu.read(next, 2 * wordBytes), wordBytes);
      callers.push(...(await interruptedFrames(vcpu, dialect, interrupted, known && dialect.codeAddress(known))));
    }
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
): Promise<Interrupted | undefined> {
  if (!interruptedAbove) return undefined;
  const whole = await vcpu.read(above, INTERRUPT_BYTES);
  const toPageEnd = Number(PAGE - (above % PAGE));
  const memory = whole.length > 0 ? whole : await vcpu.read(above, Math.min(toPageEnd, INTERRUPT_BYTES));
  return codeOnly(vcpu, interruptedAbove(wordsIn(memory, 8), callersFrame));
}

async function findJustInterrupted(
  vcpu: WalkedVcpu,
  { justInterrupted }: StackDialect,
): Promise<Interrupted | undefined> {
  return justInterrupted && codeOnly(vcpu, justInterrupted(wordsIn(await vcpu.read(vcpu.sp, 48), 8), vcpu.sp));
}

function codeOnly({ isCode }: WalkedVcpu, interrupted: Interrupted | undefined): Interrupted | undefined {
  return interrupted && isCode?.(interrupted.pc) ? interrupted : undefined;
}

/** An interrupted function, and its caller where its frame pointer does not lead there. @param known Where that leads. */
async function interruptedFrames(
  vcpu: WalkedVcpu,
  dialect: StackDialect,
  { pc, sp }: Interrupted,
  known: bigint | undefined,
): Promise<readonly CodeAddress[]> {
  const words = wordsIn(await vcpu.read(sp, 16), 8);
  return [{ address: pc, isReturn: false }, ...(await findHiddenCaller(vcpu, dialect, pc, words, known))];
}

/** Where the return address of a function that has made no frame may be. */
async function returnWords(
  { sp, read }: WalkedVcpu,
  { linkRegister, wordBytes }: FrameRegisters,
): Promise<readonly bigint[]> {
  return linkRegister === undefined ? wordsIn(await read(sp, 2 * wordBytes), wordBytes) : [linkRegister];
}

/**
 * Who called a function that has made no frame (yet), or a place without code: the frame pointer is still the caller's, and
 * so leads to the caller's caller. It is believed where it stands behind a call of just this function.
 */
async function findHiddenCaller(
  vcpu: WalkedVcpu,
  dialect: StackDialect,
  pc: bigint,
  words: readonly bigint[],
  known: bigint | undefined,
): Promise<readonly CodeAddress[]> {
  const isNowhere = vcpu.isCode ? !vcpu.isCode(pc) : (await vcpu.read(pc, 1)).length === 0;
  for (const word of words) {
    const address = dialect.codeAddress(word);
    if (address === known) return [];
    const call = await callBefore(vcpu, dialect, address);
    if (!call) continue;
    const start = await vcpu.functionStart(pc);
    const isWithin = start !== undefined && address > start && address <= pc;
    if (!isWithin && (isNowhere || leadsTo(call, pc, start))) return [{ address, isReturn: true }];
  }
  return [];
}

function leadsTo({ target }: Call, pc: bigint, functionStart: bigint | undefined): boolean {
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
