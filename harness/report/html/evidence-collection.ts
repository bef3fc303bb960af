import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { visible, visibleLine } from '../../lines/visible.ts';
import { type Bytes, formatBytes } from '../../units.ts';
import { encodeBlock } from './encode.ts';
import { readBounded } from './evidence-file.ts';
import type { EvidenceDocument } from './report-document.ts';

/** How much of the evidence a report holds. */
export interface EvidenceLimits {
  /** Of one file. Of a longer one, its beginning and its end are kept. */
  readonly file: Bytes;
  /** Of all of them together, as the report has them: compressed and in base64. */
  readonly report: Bytes;
  /** In a report that gets full, files up to this size go in for as long as they find room. */
  readonly small: Bytes;
}

export const EVIDENCE_LIMITS: EvidenceLimits = { file: 16 * 2 ** 20, report: 32 * 2 ** 20, small: 64 * 2 ** 10 };

/** What a page can show. `machine.json` is for `twinboot debug`. */
const SHOWN = /\.(txt|log|sh|times|png)$/;

/** The evidence of a run, folder by folder, for as long as it fits. */
export class EvidenceCollection {
  readonly documents: EvidenceDocument[] = [];
  /** Parallel to the documents: their files, one after the other. `''` where there are none. */
  readonly blocks: string[] = [];
  readonly #from: string;
  readonly #shown: string;
  readonly #limits: EvidenceLimits;
  #taken: Bytes = 0;

  /**
   * @param from The folder of results.json.
   * @param shown The same as the reader can type it.
   */
  constructor(from: string, shown: string, limits: EvidenceLimits = EVIDENCE_LIMITS) {
    this.#from = from;
    this.#shown = shown;
    this.#limits = limits;
  }

  /** @returns the index of its document. */
  add(evidence: string): number {
    const folder = path.join(this.#from, evidence);
    const shown = visible(path.posix.join(this.#shown, evidence), 1_000);
    const names = existsSync(folder) ? namesIn(folder) : undefined;
    const reproduce = names && reproduceCommand(names, shown);
    const { block, ...rest } = this.#pack(folder, names);
    this.blocks.push(block);
    this.#taken += block.length;
    return this.documents.push({ folder: shown, ...(reproduce ? { reproduce } : {}), ...rest }) - 1;
  }

  #pack(folder: string, names: readonly string[] | undefined): Pick<EvidenceDocument, 'files' | 'lacks'> & Block {
    if (!names) return { ...NOTHING, lacks: ['The folder is not there any more.'] };
    const room = this.#limits.report - this.#taken;
    const read = names
      .filter((name) => SHOWN.test(name))
      .map((name) => readFile(path.join(folder, name), this.#limits.file));
    const problems = read.flatMap((file) => ('problem' in file ? file.problem : []));
    const files = read.flatMap((file) => ('bytes' in file ? file : []));
    const whole = packed(files);
    if (whole.block.length <= room) return { ...whole, lacks: problems };
    const lesser = packed(files.filter(({ bytes }) => bytes.length <= this.#limits.small));
    const kept = lesser.block.length <= room ? lesser : NOTHING;
    const left = files.map(({ name }) => name).filter((name) => !kept.files.some((file) => file.name === name));
    const full = `The report is full (${formatBytes(this.#limits.report)} of evidence): only the folder has ${left.map((name) => visible(name)).join(', ')}.`;
    return { ...kept, lacks: [...problems, full] };
  }
}

interface Block {
  readonly block: string;
}

const NOTHING: Pick<EvidenceDocument, 'files'> & Block = { files: [], block: '' };

interface ReadFile {
  readonly name: string;
  readonly bytes: Buffer;
}

function packed(files: readonly ReadFile[]): typeof NOTHING {
  if (files.length === 0) return NOTHING;
  return {
    files: files.map(({ name, bytes }) => ({ name: visible(name), bytes: bytes.length })),
    block: encodeBlock(Buffer.concat(files.map(({ bytes }) => bytes))),
  };
}

/** Plain files only: a link might lead anywhere. */
function namesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
}

function readFile(file: string, limit: Bytes): ReadFile | { readonly problem: string } {
  try {
    return { name: path.basename(file), bytes: readBounded(file, limit) };
  } catch (error) {
    return { problem: visibleLine(`${path.basename(file)} cannot be read: ${(error as NodeJS.ErrnoException).code}.`) };
  }
}

/** What a person types to see it again. Only where the harness kept how the machine was made can it start that itself. */
function reproduceCommand(names: readonly string[], folder: string): string | undefined {
  if (names.includes('machine.json')) return `npx twinboot debug ${folder}`;
  return names.includes('reproduce.sh') ? `sh ${folder}/reproduce.sh` : undefined;
}
