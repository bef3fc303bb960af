import { visibleLine } from '../lines/visible.ts';

/** A place in the guest's code, as much of it as symbols tell: an address, a function, or both. */
export interface CodePlace {
  /** As in `0xffffffff81001c24`. Absent: a kernel printed a name without one. */
  readonly address?: string;
  /** Demangled. */
  readonly function?: string;
  /** From the function's first byte. */
  readonly offset?: number;
  readonly file?: string;
  readonly line?: number;
}

/** `spin_lock+0x1c (lock.c:42)`, or the address alone. One line, safe to print. */
export function describePlace({ address, function: name, offset = 0, file, line }: CodePlace): string {
  if (name === undefined) return visibleLine(address ?? 'an unknown place');
  const source = file === undefined ? '' : ` (${file.split('/').at(-1)}${line === undefined ? '' : `:${line}`})`;
  return visibleLine(`${name}${offset > 0 ? `+0x${offset.toString(16)}` : ''}${source}`);
}

const SHOWN_CALLERS = 3;

/**
 * Where code stands and by whom it was called: `spin_lock+0x1c (lock.c:42), called by ext2_create, vfs_create`.
 * @param frames Innermost first.
 */
export function describeFrames([innermost, ...callers]: readonly CodePlace[]): string {
  if (!innermost) return 'an unknown place';
  const names = callers.flatMap(({ function: name }) => name ?? []).slice(0, SHOWN_CALLERS);
  const calledBy = names.length > 0 ? `, called by ${visibleLine(names.join(', '))}` : '';
  return `${describePlace(innermost)}${calledBy}`;
}
