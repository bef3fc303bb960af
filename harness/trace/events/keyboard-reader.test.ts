import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tallyOf, tallyOfLog } from '../../testing/tally-of.ts';
import { type KeyName, keyNames } from './key-names.ts';
import type { KeyStroke } from './keyboard-reader.ts';

const put = (code: number, keyboard = '0x55e759f09cf0') =>
  `ps2_put_keycode ${keyboard} keycode 0x${code.toString(16).padStart(2, '0')}`;
const strokesOf = (codes: readonly number[]) => tallyOf(codes.map((code) => put(code))).keyboards[0]?.strokes;
const said = (strokes: readonly KeyStroke[] = []) =>
  strokes.map(({ key, down }) => `${down ? '+' : '-'}${key}`).join(' ');

describe('a PS/2 keyboard', () => {
  test('pressed and let go, as in seed 002', () => {
    expect(tallyOf([put(0x34), put(0xf0), put(0x34)]).keyboards).toEqual([
      {
        keyboard: '0x55e759f09cf0',
        set: 2,
        codes: 3,
        strokes: [
          { key: 'g', down: true },
          { key: 'g', down: false },
        ],
      },
    ]);
  });

  test('is recorded with what was put into QEMU', () => {
    const { keyboards, keys } = tallyOfLog('x86_64/boot-and-key.log');
    expect(keyboards.map(({ strokes }) => said(strokes))).toEqual(['+g -g']);
    expect(said(keys)).toBe('+g -g');
  });

  test.each([
    ['extended keys', [0xe0, 0x75, 0xe0, 0xf0, 0x75], '+up -up'],
    ['the keypad that shares their codes', [0x75, 0xf0, 0x75], '+kp_8 -kp_8'],
    ['shift, held', [0x12, 0x1c, 0xf0, 0x1c, 0xf0, 0x12], '+shift +a -a -shift'],
    [
      'print, with the shift that nobody pressed',
      [0xe0, 0x12, 0xe0, 0x7c, 0xe0, 0xf0, 0x7c, 0xe0, 0xf0, 0x12],
      '+print -print',
    ],
    ['pause', [0xe1, 0x14, 0x77, 0xe1, 0xf0, 0x14, 0xf0, 0x77, 0x1c], '+pause -pause +a'],
    ['a code that no key has', [0xe0, 0x01, 0x1c], '+0xe001 +a'],
    ['set 1, told by how keys are let go', [0x22, 0xa2, 0xe0, 0x48, 0xe0, 0xc8], '+g -g +up -up'],
    ['print in set 1', [0xe0, 0x2a, 0xe0, 0x37, 0xe0, 0xb7, 0xe0, 0xaa], '+print -print'],
    ['pause in set 1', [0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5, 0x1e, 0x9e], '+pause -pause +a -a'],
    ['f7, whose code is like a release of set 1', [0x83, 0xf0, 0x83], '+f7 -f7'],
  ])('knows %s', (_, codes, strokes) => {
    expect(said(strokesOf(codes))).toBe(strokes);
  });

  test('is believed when QEMU says which set it uses', () => {
    const line = 'ps2_keyboard_event 0x55e759f09cf0 qcode 40 down 1 modifier 0x0 modifiers 0x0 set 1 xlate 0';
    expect(tallyOf([line, put(0x22)]).keyboards).toMatchObject([{ set: 1, strokes: [{ key: 'g' }] }]);
  });

  test('in set 3 is counted and not decoded', () => {
    const line = 'ps2_keyboard_event 0x55e759f09cf0 qcode 40 down 1 modifier 0x0 modifiers 0x0 set 3 xlate 0';
    expect(tallyOf([line, put(0x34)]).keyboards).toMatchObject([{ set: 3, codes: 1, strokes: [] }]);
  });

  test('is told from another one', () => {
    const { keyboards } = tallyOf([put(0xe0, '0x1'), put(0x1c, '0x2'), put(0x75, '0x1')]);
    expect(keyboards.map(({ strokes }) => said(strokes))).toEqual(['+up', '+a']);
  });

  test('never throws, and never tells more keys than codes', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 255 })), (codes) => {
        expect(strokesOf(codes)?.length ?? 0).toBeLessThanOrEqual(codes.length);
      }),
    );
  });
});

test('no key has two names, and every name a text of its own', () => {
  expect(new Set<KeyName>(keyNames).size).toBe(keyNames.length);
});
