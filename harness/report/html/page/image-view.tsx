import { useMemo } from 'preact/hooks';

const PIECE = 0x8000;

/** What the machine showed on its display. */
export function ImageView({ bytes }: { readonly bytes: Uint8Array | undefined }) {
  const source = useMemo(() => bytes && `data:image/png;base64,${base64Of(bytes)}`, [bytes]);
  return (
    <div class="sheet" role="tabpanel">
      {source && <img src={source} alt="The machine’s display" />}
    </div>
  );
}

function base64Of(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += PIECE) binary += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(binary);
}
