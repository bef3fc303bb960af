import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

/**
 * Has vite read a package that Node refuses (it imports JSON without saying so), and not look for the sources that its
 * source maps name and that it does not ship. Inline it as well: `server: { deps: { inline: [name] } }`.
 */
export function bundledPackage(name: string): Plugin {
  return {
    name: `bundled:${name}`,
    enforce: 'pre',
    load(id) {
      if (!id.includes(`/node_modules/${name}/`) || !id.endsWith('.js')) return undefined;
      return { code: readFileSync(id, 'utf8').replaceAll(/^\/\/# sourceMappingURL=.*$/gm, ''), map: null };
    },
  };
}
