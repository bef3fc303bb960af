const DIRECTIVES = ['skip', 'todo', 'xfail'] as const;

/** One line of KTAP or TAP, recognised. Everything else in the stream is `other`: kernels talk in between. */
type TapLine =
  | { readonly kind: 'version'; readonly isKtap: boolean }
  /** The reason is given where nothing is planned; else it is empty. */
  | { readonly kind: 'plan'; readonly count: number; readonly reason: string }
  | TapTestPoint
  | { readonly kind: 'bail-out'; readonly reason: string }
  /** `# Subtest: name`, which comes before the subtest's results. */
  | { readonly kind: 'subtest'; readonly name: string }
  | { readonly kind: 'comment'; readonly text: string }
  | { readonly kind: 'yaml-start' }
  | { readonly kind: 'yaml-end' }
  | { readonly kind: 'other' };

export interface TapTestPoint {
  readonly kind: 'result';
  readonly ok: boolean;
  readonly number: number | undefined;
  readonly name: string;
  /** The name is set off with ` - `, or there is none. A line that begins with the word `ok` is something else. */
  readonly isUnmistakable: boolean;
  readonly directive: (typeof DIRECTIVES)[number] | undefined;
  /** What stands after the `#`: the reason of a directive, or data such as `TIMEOUT 45 seconds`. */
  readonly data: string;
}

export interface IndentedTapLine {
  /** Spaces, and the `# ` of kselftest's nested output, in front of the line. */
  readonly indent: string;
  readonly line: TapLine;
}

/** `[    1.234567] `, `[    1.234567][    T1] `, `<6>[ … ] ` and the like: what Linux puts before its messages. */
const KERNEL_LOG_PREFIX = /^(?:<\d+>)?\[ *\d+\.\d+\](?:\[ *[TC]\d+\])? ?/;

/**
 * The readings of a line, the most indented one first. `# ok 1 x` is a nested result in kselftest's output and a comment
 * everywhere else, and only the reader knows where it is.
 */
export function readTapLine(text: string): readonly IndentedTapLine[] {
  const bare = text.replace(KERNEL_LOG_PREFIX, '').trimEnd();
  const spaces = /^[ \t]*/.exec(bare)?.[0] ?? '';
  const plain = { indent: spaces, line: recognise(bare.slice(spaces.length)) };
  const nested = /^(?:# )+ */.exec(bare)?.[0];
  if (nested === undefined) return [plain];
  return [{ indent: nested, line: recognise(bare.slice(nested.length)) }, plain];
}

type Recogniser = readonly [pattern: RegExp, read: (groups: readonly (string | undefined)[]) => TapLine];

const RECOGNISERS: readonly Recogniser[] = [
  [/^K?TAP version \d+$/, ([whole]) => ({ kind: 'version', isKtap: whole?.startsWith('K') ?? false })],
  [
    /^1\.\.(\d+)\s*(?:#\s*(?:skip\w*:?)?\s*(.*))?$/i,
    ([, count, reason = '']) => ({ kind: 'plan', count: Number(count), reason }),
  ],
  [/^(not )?ok(?:\s+(\d+))?(?:\s+(.*))?$/, ([, not, number, rest]) => readTestPoint(!not, number, rest ?? '')],
  [/^Bail out!\s*(.*)$/i, ([, reason = '']) => ({ kind: 'bail-out', reason })],
  [/^# Subtest(?:: (.*))?$/, ([, name = '']) => ({ kind: 'subtest', name })],
  [/^#[#\s]*(.*)$/, ([, comment = '']) => ({ kind: 'comment', text: comment })],
  [/^---$/, () => ({ kind: 'yaml-start' })],
  [/^\.\.\.$/, () => ({ kind: 'yaml-end' })],
];

function recognise(text: string): TapLine {
  for (const [pattern, read] of RECOGNISERS) {
    const match = pattern.exec(text);
    if (match) return read(match);
  }
  return { kind: 'other' };
}

/** A `#` begins a directive only as a word of its own: `C#`, `#12` and `\\#` belong to the name. */
const DIRECTIVE = /(?:^|\s)#(?:\s+|$|(?=skip|todo|xfail))(.*)$/i;

function readTestPoint(ok: boolean, number: string | undefined, rest: string): TapTestPoint {
  const cut = DIRECTIVE.exec(rest);
  const description = cut ? rest.slice(0, cut.index) : rest;
  const word = /^(skip|todo|xfail)\w*\b:?\s*/i.exec(cut?.[1] ?? '');
  return {
    kind: 'result',
    ok,
    number: number === undefined ? undefined : Number(number),
    isUnmistakable: /^(?:- |-?$)/.test(description.trim()),
    name: description
      .replace(/^- ?/, '')
      .replace(/\\([\\#])/g, '$1')
      .trim(),
    directive: DIRECTIVES.find((directive) => directive === word?.[1]?.toLowerCase()),
    data: (cut?.[1] ?? '').slice(word?.[0].length ?? 0).trim(),
  };
}
