import { posix } from 'node:path';
import { counted } from '../layout.ts';
import type { Annotation } from './annotations.ts';

/** GitHub shows ten errors and ten warnings of a step, and drops the rest without a word. */
const MOST_SHOWN = 10;

export interface CommandOptions {
  /** The project's folder, relative to the checkout: '' where it is the checkout. */
  readonly folder: string;
  /** Where all of it can be read, for the last line. */
  readonly report: string;
}

/** Workflow commands, a line each, for GitHub's runner to take from a step's output. What it would drop, the last line counts. */
export function githubCommands(annotations: readonly Annotation[], { folder, report }: CommandOptions): string {
  const levels = (['error', 'warning'] as const).map((level) => annotations.filter((one) => one.level === level));
  const shown = levels.flatMap((list) => list.slice(0, MOST_SHOWN));
  const dropped = levels.flatMap((list) => list.slice(MOST_SHOWN));
  const commands = [
    ...shown.map(({ level, place, title, message }) =>
      command(
        level,
        {
          ...(place ? { file: posix.join(folder, place.file) } : {}),
          ...(place?.line === undefined ? {} : { line: String(place.line) }),
          title,
        },
        message.join('\n'),
      ),
    ),
    ...(dropped.length > 0
      ? [command('notice', { title: 'Not annotated' }, describeDropped(shown, dropped, report))]
      : []),
  ];
  return commands.map((line) => `${line}\n`).join('');
}

function describeDropped(shown: readonly Annotation[], dropped: readonly Annotation[], report: string): string {
  const told = new Set(shown.map(({ cause }) => cause));
  const untold = new Set(dropped.map(({ cause }) => cause).filter((cause) => !told.has(cause)));
  const causes = untold.size > 0 ? `, with ${counted(untold.size, 'cause')} that is annotated nowhere` : '';
  return `GitHub shows ${MOST_SHOWN} annotations of a kind; ${counted(dropped.length, 'more case')} did not get one${causes}. All of them: ${report}`;
}

function command(name: string, properties: Readonly<Record<string, string>>, data: string): string {
  const told = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(value)}`);
  return `::${name} ${told.join(',')}::${escapeData(data)}`;
}

/** As the runner undoes it. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
