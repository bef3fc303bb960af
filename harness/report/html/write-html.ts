import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { EnvironmentError } from '../../errors.ts';
import type { RatesOfRun } from '../history/rates-of-run.ts';
import { buildModel } from '../model.ts';
import type { RunResults } from '../results.ts';
import { writeWhole } from '../write.ts';
import { buildDocument, onceEach } from './build-document.ts';
import { EvidenceCollection, type EvidenceLimits } from './evidence-collection.ts';
import { type PageAssets, readPageAssets } from './page-assets.ts';
import { renderHtml } from './render-html.ts';

export interface HtmlOptions {
  /** The folder of results.json: evidence lies relative to it. */
  readonly folder: string;
  /** Pass rates of earlier runs, oldest first. Default: none, and no plot. */
  readonly history?: readonly RatesOfRun[];
  readonly limits?: EvidenceLimits;
  /** Default: as the package has them. */
  readonly assets?: PageAssets;
}

/**
 * The HTML report: the same bytes from the same results and evidence. Of cases that did not pass it holds the evidence, as
 * far as it fits.
 * @throws EnvironmentError where the page is not built.
 */
export function htmlReport(results: RunResults, options: HtmlOptions): string {
  const { folder, history, limits, assets = readPageAssets() } = options;
  const shown = path.relative('', folder).split(path.sep).join('/') || '.';
  const evidence = new EvidenceCollection(folder, shown, limits);
  const document = buildDocument(
    buildModel(results),
    onceEach((place) => evidence.add(place)),
    history,
  );
  return renderHtml({ ...document, evidence: evidence.documents }, evidence.blocks, assets).join('');
}

/**
 * Writes {@link htmlReport} to a file, whose folder is made where there is none.
 * @throws EnvironmentError when it cannot be written.
 */
export function writeHtmlReport(file: string, results: RunResults, options: HtmlOptions): void {
  const html = htmlReport(results, options);
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeWhole(file, html);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new EnvironmentError(`The HTML report cannot be written to ${file}: ${why}`, { cause });
  }
}
