import type { ComponentChildren } from 'preact';
import type { CellDocument, EvidenceDocument, RowDocument } from '../report-document.ts';
import { CopyButton } from './copy-button.tsx';
import type { Files, LoadedFiles } from './evidence.ts';
import { Excerpts } from './excerpts.tsx';
import { foundFacts } from './found-facts.ts';

export interface VerdictProps {
  readonly row: RowDocument;
  /** Absent where the case has no result. */
  readonly cell: CellDocument | undefined;
  readonly attempt: number | undefined;
  readonly onAttempt: (attempt: number | undefined) => void;
  readonly evidence: EvidenceDocument | undefined;
  readonly loaded: LoadedFiles;
  /** Opens another sheet. */
  readonly onSheet: (id: string) => void;
}

/** What became of a case: the verdict, how to see it again, and all facts. */
export function VerdictView({ row, cell, attempt, onAttempt, evidence, loaded, onSheet }: VerdictProps) {
  const shown = (attempt === undefined ? undefined : cell?.attempts?.[attempt]) ?? cell;
  return (
    <div class="sheet" role="tabpanel">
      <p class={`verdict-text ${shown?.kind ?? 'absent'}`}>
        {shown ? (shown.text ?? shown.kind) : 'The case has no result in this environment.'}
      </p>
      {evidence?.reproduce && <Reproduce command={evidence.reproduce} />}
      {cell?.attempts && <Attempts {...{ cell, attempt, onAttempt }} />}
      <dl class="case-facts">
        {row.about && <Fact name="proves">{row.about}</Fact>}
        {loaded.state === 'loaded' && <FoundFacts files={loaded.files} />}
        {shown && <Fact name="took">{shown.took}</Fact>}
        {shown?.notes?.map((note) => (
          <Fact key={note} name="note">
            {note}
          </Fact>
        ))}
        {cell?.interrupts && <Fact name="interrupts">{cell.interrupts}</Fact>}
        {cell?.calls && (
          <Fact name="calls">{cell.calls.map((call) => `${call.function} ${call.calls}`).join(', ')}</Fact>
        )}
        <Fact name="declared in">
          <code>{row.declared}</code>
        </Fact>
        {evidence && (
          <Fact name="evidence">
            <code>{evidence.folder}</code>
          </Fact>
        )}
        {evidence?.lacks.map((lack) => (
          <Fact key={lack} name="not here">
            {lack}
          </Fact>
        ))}
        {loaded.state === 'failed' && <Fact name="not here">The evidence cannot be decoded: {loaded.why}.</Fact>}
      </dl>
      {cell?.subtests && <Subtests subtests={cell.subtests} />}
      {loaded.state === 'loaded' && <Excerpts files={loaded.files} onSheet={onSheet} />}
    </div>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Reproduce({ command }: { readonly command: string }) {
  return (
    <div class="reproduce">
      <code>{command}</code>
      <CopyButton text={command} />
    </div>
  );
}

/** Those of `verdict.txt` that stand nowhere else. */
function FoundFacts({ files }: { readonly files: Files }) {
  const facts = foundFacts(new TextDecoder().decode(files.get('verdict.txt')));
  return facts.map(({ name, value }, index) => (
    <Fact key={index} name={name}>
      <code>{value}</code>
    </Fact>
  ));
}

type AttemptsProps = Pick<VerdictProps, 'attempt' | 'onAttempt'> & { readonly cell: CellDocument };

function Attempts({ cell, attempt, onAttempt }: AttemptsProps) {
  const attempts = cell.attempts ?? [];
  const chosen = attempt ?? attempts.length - 1;
  return (
    <ol class="attempts">
      {attempts.map((each, index) => (
        <li key={index}>
          <button type="button" aria-pressed={chosen === index} onClick={() => onAttempt(index)}>
            attempt {index + 1}: {each.text ?? each.kind} <span class="faint">{each.took}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}

function Subtests({ subtests }: { readonly subtests: NonNullable<CellDocument['subtests']> }) {
  return (
    <table class="subtests">
      <tbody>
        {subtests.map(({ name, kind, text }, index) => (
          <tr key={index}>
            <td class={`verdict ${kind}`}>{kind}</td>
            <td>{name}</td>
            <td class="faint">{text === kind ? '' : text}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
