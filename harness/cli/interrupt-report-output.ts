import { interruptMarkdown } from '../report/interrupt-markdown.ts';
import { interruptText } from '../report/interrupt-text.ts';
import { palette, wantsColour } from '../report/palette.ts';
import type { AnalysedLog } from '../trace/analysis/interrupt-analysis.ts';
import { buildReport, type ReportSource } from './interrupt-report-builder.ts';

export type ReportFormat = 'text' | 'json' | 'markdown';

/** What is printed of a log. */
export async function reportOutput(log: AnalysedLog, source: ReportSource, format: ReportFormat): Promise<string> {
  const report = await buildReport(log, source);
  switch (format) {
    case 'json':
      return JSON.stringify(report, undefined, 2);
    case 'markdown':
      return interruptMarkdown(report);
    case 'text':
      return interruptText(report, palette(wantsColour(process.stdout)));
    default:
      return format satisfies never;
  }
}
