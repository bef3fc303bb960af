import { useMemo } from 'preact/hooks';
import type { Sheet } from './case-sheets.ts';
import type { Files } from './evidence.ts';
import { ImageView } from './image-view.tsx';
import { TextView } from './text-view.tsx';
import { Timeline } from './timeline.tsx';
import { type VerdictProps, VerdictView } from './verdict-view.tsx';

interface Props extends VerdictProps {
  readonly sheet: Sheet;
}

/** The page of a case that is chosen. */
export function SheetView({ sheet, row, cell, attempt, onAttempt, evidence, loaded, onSheet }: Props) {
  const files = loaded.state === 'loaded' ? loaded.files : NONE;
  switch (sheet.kind) {
    case 'verdict':
      return <VerdictView {...{ row, cell, attempt, onAttempt, evidence, loaded, onSheet }} />;
    case 'timeline':
      return cell ? <Timeline cell={cell} files={files} /> : null;
    case 'text':
      return <FileView sheet={sheet} files={files} />;
    case 'image':
      return <ImageView bytes={files.get(sheet.file)} />;
    default:
      return sheet satisfies never;
  }
}

const NONE: Files = new Map();

function FileView({ sheet, files }: { readonly sheet: Extract<Sheet, { kind: 'text' }>; readonly files: Files }) {
  const bytes = files.get(sheet.file);
  const times = sheet.times === undefined ? undefined : files.get(sheet.times);
  const text = useMemo(() => times && new TextDecoder().decode(times), [times]);
  if (!bytes) return null;
  return <TextView bytes={bytes} times={text} isLog={sheet.isLog} />;
}
