import { describe, expect, test } from 'vitest';
import { readApplets } from './busybox-applets.mjs';

describe('readApplets', () => {
  test('reads the table of names from the middle of a program', () => {
    const program = Buffer.from('\x7fELF…\0usage\0[\0[[\0arch\0mkfs.vfat\0run-parts\0zcat\0\0%s: %s\0', 'latin1');
    expect(readApplets(program)).toEqual(['[', '[[', 'arch', 'mkfs.vfat', 'run-parts', 'zcat']);
  });

  test('ends where the names are no longer in order', () => {
    expect(readApplets(Buffer.from('\0[\0[[\0ash\0cat\0applet\0', 'latin1'))).toEqual(['[', '[[', 'ash', 'cat']);
  });

  test('finds nothing in another program, and ends in one that is cut', () => {
    expect(readApplets(Buffer.from('\x7fELF\0main\0', 'latin1'))).toEqual([]);
    expect(readApplets(Buffer.from('\0[\0[[\0as', 'latin1'))).toEqual(['[', '[[']);
  });
});
