import type { Millis } from '../units.ts';
import type { Dialogue } from './dialogue.ts';
import { recogniseEcho, type TypedText } from './echo.ts';
import type { PromptJudge } from './expectation.ts';
import { compileEndPattern, compileStartPattern, type TextPattern } from './patterns.ts';
import type { Answer } from './shell-dialect.ts';

/** Output that ends like a prompt is usually followed by more output at once. */
const SILENCE_AT_PROMPT: Millis = 50;
/** A line that starts like the prompt may be the prompt with a kernel message on it: then nothing follows. */
const SILENCE_AFTER_MESSAGE: Millis = 300;
/** A kernel that never stops talking is not waited for. */
const PATIENCE_WITH_MESSAGES: Millis = 3_000;

export interface PromptSighting {
  /** The first line considered. Default: all. */
  readonly from?: number;
  /** Which of the unfinished lines that end like the prompt may be it. Default: all. */
  readonly isNew?: PromptJudge;
  /** Which of the lines that start like the prompt may be it, torn from its end by a kernel message. */
  readonly torn?: RegExp;
  /** As {@link Expectation.isEcho}, made anew for each wait. */
  readonly echo?: TypedText;
}

/**
 * Waits for a prompt that other output may look like. It is believed when the guest then falls silent, either with the
 * prompt at the end of the unfinished line, or after lines of which one starts with it.
 */
export async function awaitDeclaredPrompt(
  dialogue: Dialogue,
  prompt: TextPattern,
  { from = 0, isNew = () => true, torn = compileStartPattern(prompt), echo }: PromptSighting = {},
): Promise<Answer> {
  const end = compileEndPattern(prompt);
  const stands: PromptJudge = (tail, index) => end.test(tail) && isNew(tail, index);
  const sight = (): Promise<Answer> =>
    dialogue.wait({ from, prompt: stands, line: torn, ...(echo && { isEcho: recogniseEcho(echo) }) });
  const { console } = dialogue;

  let sighted = await sight();
  const patience = dialogue.within(PATIENCE_WITH_MESSAGES);
  while (sighted.kind === 'answer') {
    const isStanding = stands(console.tail, console.nextIndex);
    const next = await dialogue.silence(isStanding ? SILENCE_AT_PROMPT : SILENCE_AFTER_MESSAGE);
    if (next.kind === 'timeout') return sighted;
    if (next.kind !== 'answer') return next;
    if (!sighted.match) sighted = await sight();
    else if (patience.passed) return sighted;
  }
  return sighted;
}
