import { readFileSync } from 'node:fs';
import { EnvironmentError } from '../../errors.ts';

/** What a browser runs: one script and one style sheet, bundled when the package was built (scripts/build-page.mjs). */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

/** @throws EnvironmentError where the package is not built. */
export function readPageAssets(): PageAssets {
  try {
    return { script: readAsset('page.js'), style: readAsset('page.css') };
  } catch (cause) {
    throw new EnvironmentError('The HTML report’s page is not built: `npm run build` does that', { cause });
  }
}

function readAsset(name: string): string {
  return readFileSync(new URL(`./page/${name}`, import.meta.url), 'utf8');
}
