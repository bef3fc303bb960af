/**
 * The bytes that an element of the page holds, compressed and in base64.
 * @throws Error where there is no such element, or the browser cannot decompress.
 */
export async function readElement(id: string): Promise<Uint8Array<ArrayBuffer>> {
  const base64 = document.getElementById(id)?.textContent;
  if (!base64) throw new Error(`the file has no part "${id}"`);
  const compressed = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([compressed]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
