import { useEffect, useState } from 'preact/hooks';
import type { EvidenceDocument } from '../report-document.ts';
import { readElement } from './decode.ts';

/** Files by name. */
export type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

const NONE: Files = new Map();

export type LoadedFiles = { readonly state: 'loading' } | { readonly state: 'loaded'; readonly files: Files } | Failed;

interface Failed {
  readonly state: 'failed';
  readonly why: string;
}

/** The files of a case, decoded when it is looked at. */
export function useFiles(evidence: EvidenceDocument | undefined, index: number | undefined): LoadedFiles {
  const [loaded, setLoaded] = useState<LoadedFiles>({ state: 'loading' });
  useEffect(() => {
    let isWanted = true;
    setLoaded({ state: 'loading' });
    load(evidence, index).then(
      (files) => isWanted && setLoaded({ state: 'loaded', files }),
      (error) => isWanted && setLoaded({ state: 'failed', why: String(error) }),
    );
    return () => {
      isWanted = false;
    };
  }, [evidence, index]);
  return loaded;
}

async function load(evidence: EvidenceDocument | undefined, index: number | undefined): Promise<Files> {
  if (!evidence || index === undefined || evidence.files.length === 0) return NONE;
  const bytes = await readElement(`evidence-${index}`);
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  let position = 0;
  for (const file of evidence.files) {
    files.set(file.name, bytes.subarray(position, position + file.bytes));
    position += file.bytes;
  }
  return files;
}
