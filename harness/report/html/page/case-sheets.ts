import type { CellDocument } from '../report-document.ts';
import type { Files } from './evidence.ts';
import { momentsOf } from './moments.ts';

/** One page of what is known of a case. */
export type Sheet = { readonly id: string; readonly title: string } & (
  | { readonly kind: 'verdict' }
  | { readonly kind: 'timeline' }
  | { readonly kind: 'text'; readonly file: string; readonly times: string | undefined; readonly isLog: boolean }
  | { readonly kind: 'image'; readonly file: string }
);

/** Files with a name that says more, in the order in which they are read. The rest follows by name. */
const KNOWN: readonly (readonly [name: string, title: string])[] = [
  ['panic.txt', 'Panic'],
  ['backtraces.txt', 'Backtraces'],
  ['registers.txt', 'Registers'],
  ['interrupts.txt', 'Interrupts'],
  ['ports.txt', 'Debug ports'],
  ['events.txt', 'Trace events'],
  ['probes.txt', 'Probes'],
  ['qemu-stderr.txt', 'QEMU'],
];

/** What can be looked at, the verdict first. */
export function sheetsOf(cell: CellDocument, files: Files): Sheet[] {
  const names = [...files.keys()].filter((name) => name !== 'verdict.txt' && !name.endsWith('.times'));
  const consoles = names.filter((name) => /^console-.*\.log$/.test(name));
  const boots = names.filter((name) => /^boot-.*\.log$/.test(name));
  const known = KNOWN.filter(([name]) => files.has(name));
  const listed = new Set([...consoles, ...boots, ...known.map(([name]) => name)]);
  const others = names.filter((name) => !listed.has(name));
  const timeline: Sheet[] =
    momentsOf(cell, files).length > 0 ? [{ id: 'timeline', title: 'Timeline', kind: 'timeline' }] : [];
  return [
    { id: 'verdict', title: 'Verdict', kind: 'verdict' },
    ...consoles.map((name) => logSheet(name, titleOf(name, consoles, 'Console'), files)),
    ...timeline,
    ...known.map(([name, title]) => textSheet(name, title)),
    ...boots.map((name) => logSheet(name, titleOf(name, boots, 'Boot'), files)),
    ...others.map((name) => (name.endsWith('.png') ? imageSheet(name) : textSheet(name, name))),
  ];
}

/** `Console`; where there are several, `Console kernel`. */
function titleOf(name: string, all: readonly string[], title: string): string {
  return all.length === 1 ? title : `${title} ${name.replace(/^\w+-|\.log$/g, '')}`;
}

/** The first console is the same sheet in every case, so that it stays open from one to the next. */
function logSheet(name: string, title: string, files: Files): Sheet {
  const times = name.replace(/\.log$/, '.times');
  return { id: name, title, kind: 'text', file: name, times: files.has(times) ? times : undefined, isLog: true };
}

function textSheet(name: string, title: string): Sheet {
  return { id: name, title, kind: 'text', file: name, times: undefined, isLog: false };
}

function imageSheet(name: string): Sheet {
  return { id: name, title: 'Screen', kind: 'image', file: name };
}
