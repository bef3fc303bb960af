import { test } from 'twinboot';
import { expect } from 'vitest';

/** What is pressed on `keys`, as QEMU tells of it. */
const strokes = (keys: readonly string[]) => keys.flatMap((key) => [true, false].map((down) => ({ key, down })));

test('keys that are pressed arrive as key codes and reach the guest', async ({ machine }) => {
  // The terminal keeps what is typed on it as soon as somebody has it open.
  await machine.run('exec 3<>/dev/tty1');
  const { keys, keyboards } = await machine.trace(['input_event_key_qcode', 'ps2_*'], async () => {
    await machine.keyboard.type('go\n');
    expect((await machine.run('head -n 1 <&3')).output).toEqual(['go']);
  });
  expect(keys).toEqual(strokes(['g', 'o', 'ret']));
  // Without a PS/2 keyboard, it is a virtio device that takes them to the guest.
  if (keyboards.length > 0) expect(keyboards.map((keyboard) => keyboard.strokes)).toEqual([strokes(['g', 'o', 'ret'])]);
  else expect(machine.arch).toBe('aarch64');
});
