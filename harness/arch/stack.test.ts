import { describe, expect, test } from 'vitest';
import { armStack } from './aarch64-stack.ts';
import { x86Stack } from './x86_64-stack.ts';

const bytes = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('on x86-64', () => {
  test('the frame pointer is BP, as wide as the mode is', () => {
    expect(x86Stack.registers('RSI=0 RDI=1 RBP=ffffffff8ce1aa40 RSP=2')).toEqual({
      framePointer: 0xffffffff8ce1aa40n,
      wordBytes: 8,
    });
    expect(x86Stack.registers('ESI=0 EDI=1 EBP=00007c00 ESP=2')).toEqual({ framePointer: 0x7c00n, wordBytes: 4 });
    expect(x86Stack.registers(' PC=0 X00=0')).toBeUndefined();
  });

  test.each([
    ['call to a later function', '90 90 e8 10 00 00 00', { target: 0x1010n }],
    ['call to an earlier function', '90 90 e8 f0 ff ff ff', { target: 0xff0n }],
    ['call through a register', '90 90 90 90 90 ff d0', { target: undefined }],
    ['call through a table', '90 90 90 ff 54 c8 08', { target: undefined }],
    ['call through memory nearby', '90 90 90 90 ff 50 08', { target: undefined }],
    ['call through memory far away', '90 ff 15 00 10 00 00', { target: undefined }],
    ['call through an absolute table', 'ff 14 c5 00 10 00 00', { target: undefined }],
    ['jump through a register', '90 90 90 90 90 ff e0', undefined],
    ['no call', '90 90 90 90 90 90 90', undefined],
    ['nothing readable', '', undefined],
  ])('%s', (_, before, call) => {
    expect(x86Stack.callBefore(bytes(before), 0x1000n)).toEqual(call);
  });
});

describe('on arm64', () => {
  test('the frame pointer is X29, and X30 knows the caller', () => {
    expect(armStack.registers('X28=0 X29=ffffcb9124813d50 X30=ffffcb9123baf514  SP=1')).toEqual({
      framePointer: 0xffffcb9124813d50n,
      linkRegister: 0xffffcb9123baf514n,
      wordBytes: 8,
    });
    expect(armStack.registers('RBP=0')).toBeUndefined();
  });

  test('an authentication code is no part of an address', () => {
    expect(armStack.codeAddress(0x002a_0000_4020_2cccn)).toBe(0x4020_2cccn);
    expect(armStack.codeAddress(0xffaa_cb91_23ba_f514n)).toBe(0xffff_cb91_23ba_f514n);
    expect(armStack.codeAddress(0xffff_cb91_23ba_f514n)).toBe(0xffff_cb91_23ba_f514n);
  });

  test.each([
    ['bl forwards', '04 00 00 94', { target: 0x100cn }],
    ['bl backwards', 'ff ff ff 97', { target: 0xff8n }],
    ['blr x8', '00 01 3f d6', { target: undefined }],
    ['blraa x8, x9', '09 09 3f d7', { target: undefined }],
    ['br x8', '00 01 1f d6', undefined],
    ['b', '04 00 00 14', undefined],
    ['nothing readable', '', undefined],
  ])('%s', (_, before, call) => {
    expect(armStack.callBefore(bytes(before), 0x1000n)).toEqual(call);
  });

  test('no call returns to an address between two instructions', () => {
    expect(armStack.callBefore(bytes('04 00 00 94'), 0x1002n)).toBeUndefined();
  });
});
