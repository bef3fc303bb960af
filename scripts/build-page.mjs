// Bundles what the HTML report's reader runs: one script and one style sheet, so that nothing is bundled when a report is made.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const SOURCES = new URL('../harness/report/html/page/', import.meta.url);
const BUNDLED = ['preact', 'uplot'];
const STYLES = ['base', 'head', 'matrix', 'panel', 'text'];

/**
 * Writes page.js and page.css.
 * @param {URL} folder where they go; made where it is not there
 */
export async function buildPage(folder) {
  await mkdir(folder, { recursive: true });
  const [script, style] = await Promise.all([bundleScript(), joinStyles()]);
  checkThatItFits('page.js', script, /<\/script|<!--|<script/i);
  checkThatItFits('page.css', style, /<\/style/i);
  await writeFile(new URL('page.js', folder), script);
  await writeFile(new URL('page.css', folder), style);
}

async function bundleScript() {
  const bundle = await rolldown({
    input: fileURLToPath(new URL('main.tsx', SOURCES)),
    platform: 'browser',
    transform: { jsx: { runtime: 'automatic', importSource: 'preact' }, target: 'es2022' },
    tsconfig: false,
  });
  // Wrapped in an async function: it may wait at its top level, and leaves no names behind.
  const { output } = await bundle.generate({ format: 'es', minify: true });
  await bundle.close();
  if (output.length !== 1) throw new Error(`the page must be one script, and is ${output.length}`);
  return `/*\n${await licences()}\n*/\n(async()=>{${output[0].code.trim()}})();`;
}

/** What every copy of the bundled libraries must say, and each report is one. */
async function licences() {
  const texts = BUNDLED.map(async (name) => {
    const text = await readFile(new URL(`../node_modules/${name}/LICENSE`, import.meta.url), 'utf8');
    return `${name}: ${text.trim().replaceAll('*/', '* /')}`;
  });
  return (await Promise.all(texts)).join('\n\n');
}

async function joinStyles() {
  const plot = await readFile(new URL(import.meta.resolve('uplot/dist/uPlot.min.css')), 'utf8');
  const own = await Promise.all(STYLES.map((name) => readFile(new URL(`style/${name}.css`, SOURCES), 'utf8')));
  return [plot, ...own].map((text) => text.trim()).join('\n');
}

/** Both stand in an HTML file, in elements that such text would end. */
function checkThatItFits(name, text, ending) {
  const found = ending.exec(text);
  if (found) throw new Error(`${name} has "${found[0]}" in it, which no HTML element can hold`);
}
