import { useState } from 'preact/hooks';

type State = 'idle' | 'copied' | 'failed';

const WORDS: Readonly<Record<State, string>> = { idle: 'copy', copied: 'copied', failed: 'select it and copy' };

export function CopyButton({ text }: { readonly text: string }) {
  const [state, setState] = useState<State>('idle');
  const copy = () => {
    // A page in a file may be refused the clipboard.
    Promise.resolve()
      .then(() => navigator.clipboard.writeText(text))
      .then(
        () => setState('copied'),
        () => setState(copyBySelection(text) ? 'copied' : 'failed'),
      );
  };
  return (
    <button type="button" class="copy" onClick={copy} onBlur={() => setState('idle')} aria-live="polite">
      {WORDS[state]}
    </button>
  );
}

function copyBySelection(text: string): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand('copy');
  field.remove();
  return isCopied;
}
