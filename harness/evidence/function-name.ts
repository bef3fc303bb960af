/** What rustc's older mangling makes of characters that no symbol may hold (rustc, compiler/rustc_symbol_mangling/legacy). */
const RUST_ESCAPES: Readonly<Record<string, string>> = {
  SP: '@',
  BP: '*',
  RF: '&',
  LT: '<',
  GT: '>',
  LP: '(',
  RP: ')',
  C: ',',
};

const OPENING = '(<[{';
const CLOSING = ')>]}';

/**
 * A demangled name as people write it, and the same whichever tool has demangled it: without the hash of Rust's older
 * mangling, without the parameters and the result of C++.
 */
export function readableName(demangled: string): string {
  const name = demangled.replace(/ \[clone [^\]]*\]$/, '').replace(/::h[0-9a-f]{16}$/, '');
  return name.includes('$') ? decodeRust(name) : withoutSignature(name);
}

function decodeRust(name: string): string {
  return name
    .replaceAll(/\$(?:(?<word>[A-Z]{1,2})|u(?<code>[0-9a-f]{1,6}))\$/g, (whole, word?: string, code?: string) => {
      if (word !== undefined) return RUST_ESCAPES[word] ?? whole;
      const point = Number.parseInt(code ?? '', 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    })
    .replaceAll('..', '::')
    .replaceAll(/(^|::)_(?=<)/g, '$1');
}

/** `long ns::Foo::bar<long>(long, void (*)(int)) const` is `ns::Foo::bar<long>`. */
function withoutSignature(signature: string): string {
  const qualified = signature.replace(/\)(?: (?:const|volatile|&|&&))+$/, ')');
  if (!qualified.endsWith(')')) return signature;
  const open = openingOf(qualified);
  if (open <= 0 || /\boperator$/.test(qualified.slice(0, open)) || qualified.startsWith('<')) return signature;
  const name = qualified.slice(0, open);
  return name.slice(resultEnd(name));
}

/** Where the last parenthesis of a text opens. */
function openingOf(text: string): number {
  let depth = 0;
  for (let at = text.length - 1; at >= 0; at--) {
    if (text[at] === ')') depth++;
    if (text[at] === '(' && --depth === 0) return at;
  }
  return -1;
}

/** Behind the last space that belongs to no argument of a template, and not to `operator new`. */
function resultEnd(name: string): number {
  let depth = 0;
  let end = 0;
  for (let at = 0; at < name.length; at++) {
    const character = name.charAt(at);
    if (OPENING.includes(character)) depth++;
    if (CLOSING.includes(character)) depth--;
    if (character === ' ' && depth === 0 && !/\boperator$/.test(name.slice(Math.max(0, at - 9), at))) end = at + 1;
  }
  return end;
}
