import { expect, test } from 'vitest';
import type { Line } from '../lines/line.ts';
import { recogniseEcho, type TypedText } from './echo.ts';

function echoesIn(typed: TypedText, texts: readonly string[]): string[] {
  const isEcho = recogniseEcho(typed);
  return texts.filter((text, index) => isEcho({ index, atMs: 0, text, truncated: false } satisfies Line));
}

test('the typed line behind its prompt is an echo, the same words in the output are not', () => {
  const typed = { text: 'panic_test', prompts: ['# '] };
  expect(echoesIn(typed, ['# panic_test', 'running', 'panic_test'])).toEqual(['# panic_test']);
});

test('pieces that a line editor cut are echoes', () => {
  const typed = { text: 'run the panic test', prompts: ['# ', '> '] };
  expect(echoesIn(typed, ['# run the ', 'panic ', '> test', 'panic: yes'])).toEqual(['# run the ', 'panic ', '> test']);
});

test('where the end of the echo is known, other lines in between do not end it', () => {
  const typed = { text: 'run the panic test', prompts: [''], until: '<begin>' };
  const texts = ['run the', '[ 1.2] message', 'panic test', 'x<begin>', 'panic test'];
  expect(echoesIn(typed, texts)).toEqual(['run the', 'panic test']);
});
