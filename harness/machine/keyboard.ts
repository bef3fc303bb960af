import { DeclarationError, EnvironmentError } from '../errors.ts';
import { nearest, shown } from '../expected.ts';
import { type QmpClient, QmpCommandError } from '../qemu/qmp.ts';
import { type KeyName, keyNames } from '../trace/events/key-names.ts';

/** The keyboard of a machine: PS/2 where its board has one, else a device such as `virtio-keyboard-pci`. */
export class Keyboard {
  readonly #qmp: Pick<QmpClient, 'execute'>;

  constructor(qmp: Pick<QmpClient, 'execute'>) {
    this.#qmp = qmp;
  }

  /**
   * Presses keys together, the first one first, and lets them go in the reverse order.
   * @throws DeclarationError for a key that there is not, EnvironmentError when the machine has no keyboard or has ended.
   */
  async press(...keys: readonly KeyName[]): Promise<void> {
    for (const key of keys) checkKey(key);
    const events = [
      ...keys.map((key) => keyEvent(key, true)),
      ...[...keys].reverse().map((key) => keyEvent(key, false)),
    ];
    try {
      await this.#qmp.execute('input-send-event', { events });
    } catch (error) {
      if (!(error instanceof QmpCommandError)) throw error;
      throw new EnvironmentError(
        `${error.message}. A board without a keyboard gets one by qemu: ['-device', 'virtio-keyboard-pci'].`,
        { cause: error },
      );
    }
  }

  /**
   * Types a text as on a US keyboard, key by key. A PS/2 keyboard holds 16 codes: a guest that does not read them loses the rest.
   * @throws DeclarationError for a character that such a keyboard does not have, else as {@link press} does.
   */
  async type(text: string): Promise<void> {
    const strokes = [...text].map(keysFor);
    for (const keys of strokes) await this.press(...keys);
  }
}

function checkKey(key: string): void {
  if (keyNames.some((known) => known === key)) return;
  const near = nearest(key, keyNames);
  throw new DeclarationError(
    `keyboard: there is no key ${shown(key)}${near ? ` (did you mean "${near}"?)` : ''}; keys are named as in QEMU: "g", "ret", "spc", "shift", "f1"`,
  );
}

function keyEvent(key: KeyName, down: boolean) {
  return { type: 'key', data: { down, key: { type: 'qcode', data: key } } };
}

/** Keys beside letters and digits: the character, and the one with shift. */
const SYMBOLS: Readonly<Partial<Record<KeyName, string>>> = {
  1: '1!',
  2: '2@',
  3: '3#',
  4: '4$',
  5: '5%',
  6: '6^',
  7: '7&',
  8: '8*',
  9: '9(',
  0: '0)',
  minus: '-_',
  equal: '=+',
  bracket_left: '[{',
  bracket_right: ']}',
  semicolon: ';:',
  apostrophe: '\'"',
  grave_accent: '`~',
  backslash: '\\|',
  comma: ',<',
  dot: '.>',
  slash: '/?',
  spc: ' ',
  ret: '\n',
  tab: '\t',
};

function keysFor(character: string): KeyName[] {
  const lower = character.toLowerCase();
  if (/^[a-z]$/.test(lower)) return character === lower ? [lower as KeyName] : ['shift', lower as KeyName];
  for (const [key, [plain, shifted]] of Object.entries(SYMBOLS) as [KeyName, string][]) {
    if (character === plain) return [key];
    if (character === shifted) return ['shift', key];
  }
  throw new DeclarationError(`keyboard: a US keyboard has no key for ${shown(character)}`);
}
