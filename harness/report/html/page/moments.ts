import { visible } from '../../../lines/visible.ts';
import type { CellDocument } from '../report-document.ts';
import { ArrivalTimes } from './arrival-times.ts';
import type { Files } from './evidence.ts';
import { PLAIN } from './style-of-text.ts';
import { textRuns } from './text-runs.ts';

/** Something that happened at a known time. */
export interface Moment {
  /** In seconds since the machine was spawned. */
  readonly at: number;
  /** What it is listed with: `stage`, `port 0x80`, `irq`. */
  readonly lane: string;
  readonly text: string;
}

/** What a line of `interrupts.txt` and `ports.txt` begins with. */
const TIMED = /^ *(\d+\.\d{3}) s {2}(.*)$/;

/** All that is known to have happened, oldest first: stages, codes, debug ports, interrupts, and when the console spoke. */
export function momentsOf(cell: CellDocument, files: Files): Moment[] {
  const ports = timedLines(files, 'ports.txt').map(portMoment);
  const codes = ports.length > 0 ? [] : (cell.codes ?? []).map(codeMoment);
  const stages = (cell.stages ?? []).map(({ name, atMs }) => ({ at: atMs / 1_000, lane: 'stage', text: name }));
  const interrupts = timedLines(files, 'interrupts.txt').map(interruptMoment);
  return [...stages, ...codes, ...ports, ...spoken(files), ...interrupts].sort((a, b) => a.at - b.at);
}

/** The lanes of some moments: stages and ports above, interrupts below, those of a kind in order of their names. */
export function lanesOf(moments: readonly Moment[]): string[] {
  const rank = (lane: string) => ['stage', 'port', 'console'].findIndex((first) => lane.startsWith(first)) >>> 0;
  return [...new Set(moments.map(({ lane }) => lane))].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

function timedLines(files: Files, name: string): { at: number; text: string }[] {
  const text = new TextDecoder().decode(files.get(name));
  return text.split('\n').flatMap((line) => {
    const [, at, rest = ''] = TIMED.exec(line) ?? [];
    return at === undefined ? [] : [{ at: Number(at), text: rest }];
  });
}

/** `0x80   0x40 kernel` */
function portMoment({ at, text }: { at: number; text: string }): Moment {
  const [, port = '', said = text] = /^(0x[0-9a-f]+) +(.*)$/.exec(text) ?? [];
  return { at, lane: `port ${port}`.trim(), text: visible(said, MOST_WORDS) };
}

function codeMoment({ code, range, atMs }: NonNullable<CellDocument['codes']>[number]): Moment {
  return { at: atMs / 1_000, lane: 'port code', text: `0x${code.toString(16).padStart(2, '0')} ${range}` };
}

/** `vCPU 0  page-fault (#PF)  kernel → kernel  at …` */
function interruptMoment({ at, text }: { at: number; text: string }): Moment {
  const [, lane = 'other'] = /^(?:vCPU \d+ {2})?([\w-]+)/.exec(text) ?? [];
  return { at, lane, text: visible(text, MOST_WORDS) };
}

function spoken(files: Files): Moment[] {
  const logs = [...files.keys()].filter((name) => /^console-.*\.times$/.test(name));
  return logs.flatMap((name) => {
    const lane = name.replace(/^console-(.*)\.times$/, 'console $1');
    const { all } = new ArrivalTimes(new TextDecoder().decode(files.get(name)));
    const log = files.get(name.replace(/\.times$/, '.log'));
    return all.map(({ atMs, byte }) => ({ at: atMs / 1_000, lane, text: wordsFrom(log, byte) }));
  });
}

/** Of a moment, in characters or bytes. */
const MOST_WORDS = 200;

/** What came at a time, up to the end of its first line that has any words. */
function wordsFrom(log: Uint8Array | undefined, byte: number): string {
  const bytes = log?.subarray(byte, byte + MOST_WORDS);
  const lines = new TextDecoder().decode(bytes).split(/[\r\n]+/);
  const runs = textRuns(lines.find((line) => line.trim() !== '') ?? '', PLAIN);
  return runs.map(({ text }) => text).join('');
}
