import { describe, expect, test } from 'vitest';
import { EnvironmentError } from '../errors.ts';
import { QmpCommandError } from '../qemu/qmp.ts';
import type { KeyName } from '../trace/events/key-names.ts';
import { Keyboard } from './keyboard.ts';

/** A keyboard, and what QEMU is told of it: `+shift +a -a -shift`, a command a line. */
function keyboard() {
  const commands: string[] = [];
  const face = new Keyboard({
    execute: async (command, args) => {
      const events = (args?.events ?? []) as { data: { down: boolean; key: { data: string } } }[];
      const strokes = events.map(({ data }) => `${data.down ? '+' : '-'}${data.key.data}`);
      commands.push(`${command} ${strokes.join(' ')}`);
    },
  });
  return { face, commands };
}

describe('a keyboard', () => {
  test('presses keys together and lets them go in reverse', async () => {
    const { face, commands } = keyboard();
    await face.press('ctrl', 'alt', 'delete');
    expect(commands).toEqual(['input-send-event +ctrl +alt +delete -delete -alt -ctrl']);
  });

  test('types as on a US keyboard, a command for each key', async () => {
    const { face, commands } = keyboard();
    await face.type('aZ 1!~"\n');
    expect(commands.map((command) => command.replace('input-send-event ', ''))).toEqual([
      '+a -a',
      '+shift +z -z -shift',
      '+spc -spc',
      '+1 -1',
      '+shift +1 -1 -shift',
      '+shift +grave_accent -grave_accent -shift',
      '+shift +apostrophe -apostrophe -shift',
      '+ret -ret',
    ]);
  });

  test('has no other keys, and types nothing of a text with one', async () => {
    const { face, commands } = keyboard();
    await expect(face.press('shfit' as KeyName)).rejects.toThrow('there is no key "shfit" (did you mean "shift"?)');
    await expect(face.type('a€')).rejects.toThrow('a US keyboard has no key for "€"');
    expect(commands).toEqual([]);
  });

  test('that is not there is told with what would help', async () => {
    const face = new Keyboard({
      execute: () => Promise.reject(new QmpCommandError('input-send-event', 'GenericError', 'Input handler not found')),
    });
    await expect(face.press('a')).rejects.toThrow(EnvironmentError);
    await expect(face.press('a')).rejects.toThrow("qemu: ['-device', 'virtio-keyboard-pci']");
  });
});
