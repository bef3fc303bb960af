import { keyOfCode } from './key-names.ts';

/** A key that went down or up. */
export interface KeyStroke {
  /** QEMU's name (`g`, `ret`, `shift`), or the scan code of a key that has none: `0xe05e`. */
  readonly key: string;
  readonly down: boolean;
}

const EXTENDED = 0xe0;
const PAUSE = 0xe1;
const RELEASE = 0xf0;
/** `print` comes with a shift that nobody pressed. */
const FAKE_SHIFTS: ReadonlySet<number> = new Set([0xe012, 0xe059, 0xe02a, 0xe036]);

/** Reads keys from the scan codes of one keyboard, in set 1 or 2, a byte at a time. */
export class ScanCodeReader {
  readonly #set: 1 | 2;
  #prefix = 0;
  #isReleased = false;
  /** Bytes of `pause` that are yet to come; it has two after its first, of which the last tells. */
  #pauseBytes = 0;

  constructor(set: 1 | 2) {
    this.#set = set;
  }

  /** @returns the key that this byte completes. */
  take(byte: number): KeyStroke | undefined {
    if (byte === EXTENDED || byte === PAUSE) {
      this.#prefix = byte;
      this.#isReleased = false;
      this.#pauseBytes = byte === PAUSE ? 2 : 0;
      return undefined;
    }
    if (this.#set === 2 && byte === RELEASE) {
      this.#isReleased = true;
      return undefined;
    }
    const down = this.#set === 2 ? !this.#isReleased : byte < 0x80;
    const code = this.#set === 1 ? byte & 0x7f : byte;
    if (this.#pauseBytes > 0) return this.#takePause(down);
    const whole = this.#prefix === EXTENDED ? (EXTENDED << 8) | code : code;
    this.#begin();
    return FAKE_SHIFTS.has(whole) ? undefined : { key: keyOfCode(whole, this.#set) ?? hex(whole), down };
  }

  #takePause(down: boolean): KeyStroke | undefined {
    this.#isReleased = false;
    this.#pauseBytes--;
    if (this.#pauseBytes > 0) return undefined;
    this.#begin();
    return { key: 'pause', down };
  }

  #begin(): void {
    this.#prefix = 0;
    this.#isReleased = false;
  }
}

/** So many strokes are kept of each keyboard. */
const MOST_STROKES = 10_000;

/** What one keyboard sent. */
export interface KeyboardLog {
  /** QEMU's address of it. */
  readonly keyboard: string;
  /** The scan code set that its codes were read as; said by the log, or told by how keys are released. */
  readonly set: 1 | 2 | 3;
  readonly codes: number;
  /** The last {@link MOST_STROKES}. Empty for set 3, which hardly any kernel uses. */
  readonly strokes: readonly KeyStroke[];
}

/** Reads the codes of one PS/2 keyboard before anybody knows which set they are of. Bounded. */
export class KeyboardReader {
  readonly #keyboard: string;
  readonly #readers = { 1: new ScanCodeReader(1), 2: new ScanCodeReader(2) };
  readonly #strokes: { readonly [set in 1 | 2]: KeyStroke[] } = { 1: [], 2: [] };
  #codes = 0;
  #declaredSet: 1 | 2 | 3 | undefined;
  #hasReleasePrefix = false;
  #hasReleaseBit = false;

  constructor(keyboard: string) {
    this.#keyboard = keyboard;
  }

  /** The log says which set the next codes are of. */
  declare(set: number): void {
    if (set === 1 || set === 2 || set === 3) this.#declaredSet = set;
  }

  take(code: number): void {
    this.#codes++;
    if (code === RELEASE) this.#hasReleasePrefix = true;
    else if (code > HIGHEST_OF_SET_2 && code !== EXTENDED && code !== PAUSE) this.#hasReleaseBit = true;
    for (const set of [1, 2] as const) {
      const strokes = this.#strokes[set];
      const stroke = this.#readers[set].take(code);
      if (!stroke) continue;
      strokes.push(stroke);
      if (strokes.length > MOST_STROKES) strokes.shift();
    }
  }

  get result(): KeyboardLog {
    const set = this.#declaredSet ?? (this.#hasReleaseBit && !this.#hasReleasePrefix ? 1 : 2);
    return {
      keyboard: this.#keyboard,
      set,
      codes: this.#codes,
      strokes: set === 3 ? [] : [...this.#strokes[set]],
    };
  }
}

/** `f7`, and Alt-SysRq with 0x84. */
const HIGHEST_OF_SET_2 = 0x84;

function hex(code: number): string {
  return `0x${code.toString(16)}`;
}
