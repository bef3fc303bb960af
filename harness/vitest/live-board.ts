import { visibleLine } from '../lines/visible.ts';
import { counted, padEnd } from '../report/layout.ts';
import type { Palette } from '../report/palette.ts';
import type { Millis } from '../units.ts';
import type { LiveEvent } from './live-feed.ts';

/** Where there is no terminal: a machine that says nothing is mentioned after so long, then after twice that, and so on. */
const FIRST_REMINDER: Millis = 60_000;
/** A guest that speaks now and then is not silent. */
const SHORTEST_SILENCE: Millis = 2_000;
const REMARKABLE_SILENCE: Millis = 10_000;
/** Room for what is said of a case, where there is enough of it: it stays in its place while seconds go by. */
const STATE_COLUMNS = 26;
const ENOUGH_COLUMNS = 70;
/** Less of a case's name says nothing. */
const LEAST_TITLE = 12;

interface RunningCase {
  readonly environment: string;
  readonly title: string;
  stage: string;
  /** When its machine last spoke; `undefined` while there is none. */
  spokeAt: Millis | undefined;
  nextReminder: Millis;
}

/** Room on a terminal. */
export interface LiveRoom {
  readonly columns: number;
  readonly rows: number;
}

/** The cases that run now, from what workers tell: events in, lines out. Its clock is whoever calls. */
export class LiveBoard {
  readonly #running = new Map<string, RunningCase>();

  /** @returns what a log is told: a case that starts, and those that their worker has taken with it. */
  take(event: LiveEvent, now: Millis): readonly string[] {
    switch (event.kind) {
      case 'start':
        return [this.#start(event)];
      case 'now':
        this.#change(event, now);
        return [];
      case 'end':
        this.#running.delete(keyOf(event));
        return [];
      case 'gone':
        return this.#lose(keyOf({ ...event, id: '' }), now);
      default:
        return event satisfies never;
    }
  }

  clear(): void {
    this.#running.clear();
  }

  /** A line for each case that runs, none wider than there is room; where there are more than rows, how many more. */
  lines(now: Millis, { columns, rows }: LiveRoom, paint: Palette): string[] {
    const cases = [...this.#running.values()].sort((a, b) => compare(a.environment, b.environment));
    const shown = cases.length <= rows ? cases : cases.slice(0, Math.max(0, rows - 1));
    const left = cases.length - shown.length;
    const width = {
      environment: widest(shown.map(({ environment }) => environment)),
      state: Math.max(
        columns < ENOUGH_COLUMNS ? 0 : STATE_COLUMNS,
        widest(shown.map((running) => stateOf(running, now))),
      ),
      columns,
    };
    return [
      ...shown.map((running) => lineOf(running, now, width, paint)),
      ...(left > 0 && rows > 0 ? [cut(` and ${counted(left, 'case')} more`, columns)] : []),
    ];
  }

  /** What runs, for whoever ends it: a whole line for each case. */
  standing(now: Millis): string[] {
    return [...this.#running.values()].map((running) => `${announcement(running)}: ${stateOf(running, now)}`);
  }

  /** What to mention in a log of machines that have said nothing for long. Each is mentioned ever more seldom. */
  reminders(now: Millis): string[] {
    return [...this.#running.values()].flatMap((running) => {
      const silentFor = silenceOf(running, now);
      if (silentFor < FIRST_REMINDER) running.nextReminder = FIRST_REMINDER;
      if (silentFor < running.nextReminder) return [];
      while (silentFor >= running.nextReminder) running.nextReminder *= 2;
      return [`${announcement(running)}: ${running.stage}, silent for ${secondsOf(silentFor)}`];
    });
  }

  #start(event: Extract<LiveEvent, { kind: 'start' }>): string {
    const running: RunningCase = {
      environment: visibleLine(event.environment),
      title: visibleLine(`${event.suite} > ${event.case}`, 1_000),
      stage: 'starting',
      spokeAt: undefined,
      nextReminder: FIRST_REMINDER,
    };
    this.#running.set(keyOf(event), running);
    return announcement(running);
  }

  #lose(ofWorker: string, now: Millis): string[] {
    return [...this.#running].flatMap(([key, running]) => {
      if (!key.startsWith(ofWorker)) return [];
      this.#running.delete(key);
      return [`${announcement(running)}: ${stateOf(running, now)}, when its worker ended`];
    });
  }

  #change(event: Extract<LiveEvent, { kind: 'now' }>, now: Millis): void {
    const running = this.#running.get(keyOf(event));
    if (!running) return;
    running.stage = visibleLine(event.stage, 40);
    running.spokeAt = event.silentMs === null ? undefined : now - event.silentMs;
  }
}

function keyOf({ worker, id }: { readonly worker: number; readonly id: number | '' }): string {
  return `${worker}/${id}`;
}

/** In the form of vitest's own lines. */
function announcement({ environment, title }: RunningCase): string {
  return ` ▸ |${environment}| ${title}`;
}

function silenceOf({ spokeAt }: RunningCase, now: Millis): Millis {
  return spokeAt === undefined ? 0 : now - spokeAt;
}

function secondsOf(ms: Millis): string {
  return `${Math.floor(ms / 1_000)} s`;
}

function stateOf(running: RunningCase, now: Millis): string {
  const silentFor = silenceOf(running, now);
  return silentFor < SHORTEST_SILENCE ? running.stage : `${running.stage}, silent for ${secondsOf(silentFor)}`;
}

function lineOf(
  running: RunningCase,
  now: Millis,
  width: { readonly environment: number; readonly state: number; readonly columns: number },
  paint: Palette,
): string {
  const state = stateOf(running, now);
  const roomBeside = (text: string) => width.columns - columnsOf(text) - 2 - width.state;
  const environment = ` ${padEnd(running.environment, width.environment)}  `;
  // Where there is no room for a case's name beside it, the environment goes: the name is what one looks for.
  const first = roomBeside(environment) >= LEAST_TITLE ? environment : ' ';
  const room = roomBeside(first);
  if (room < 1) return cut(` ${state}`, width.columns);
  const title = cut(running.title, room);
  const gap = ' '.repeat(room - columnsOf(title) + 2);
  const mark = silenceOf(running, now) >= REMARKABLE_SILENCE ? paint.warn : (text: string) => text;
  return `${paint.faint(first)}${title}${gap}${mark(state)}`;
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(columnsOf));
}

/** What takes two columns: characters of East Asia, and pictures. */
const WIDE =
  /[\u{1100}-\u{115f}\u{2e80}-\u{a4cf}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe30}-\u{fe6f}\u{ff00}-\u{ff60}\u{ffe0}-\u{ffe6}\u{1f000}-\u{3ffff}\p{Emoji_Presentation}]/u;

/** Never less than a terminal needs: a line that wraps is not where it is looked for when it is drawn anew. */
function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += WIDE.test(character) ? 2 : 1;
  return columns;
}

/** So much of a text as has room, with an ellipsis where that is not all of it. */
function cut(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let kept = '';
  let used = 0;
  for (const character of text) {
    used += columnsOf(character);
    if (used > columns - 1) break;
    kept += character;
  }
  return columns < 1 ? '' : `${kept}…`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
