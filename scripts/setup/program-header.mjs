import { BuildError } from './errors.mjs';

/**
 * What a guest program's first comment asks of the build:
 *
 *     Link: -Wl,-e,probe_start     more words for the linker
 *     Sabotage: kill               the function whose replacement must make the program fail
 *
 * @param {string} source
 * @param {string} file for messages
 * @returns {{ link: string[], sabotage?: string }}
 */
export function parseHeader(source, file) {
  const comment = /^\s*\/\*([\s\S]*?)\*\//.exec(source)?.[1] ?? '';
  const field = (name) => new RegExp(`^[ \\t*]*${name}:[ \\t]*(.*?)[ \\t]*$`, 'm').exec(comment)?.[1];
  const sabotage = field('Sabotage');
  if (sabotage !== undefined && !/^[A-Za-z_]\w*$/.test(sabotage)) {
    throw new BuildError(`${file}: Sabotage: expected the name of one function, got ${JSON.stringify(sabotage)}`);
  }
  return { link: field('Link')?.split(/\s+/).filter(Boolean) ?? [], ...(sabotage && { sabotage }) };
}
