import { existsSync, readFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { run } from './run.mjs';
import { compareVersions, findVersion } from './versions.mjs';

/** The programs that Twinboot runs, how to ask each for its version, and the packages they come in. */
export const toolTable = JSON.parse(readFileSync(new URL('tools.json', import.meta.url), 'utf8'));

/**
 * Where tools are looked for. Homebrew keeps some of them out of the way of the system's own, which are of another
 * kind; and an ordinary user of Debian has no sbin in PATH, where mke2fs lives.
 */
export function searchPath(path, table = toolTable) {
  const present = (folders) => folders.filter((folder) => existsSync(folder));
  return [...present(table.searchFirst), ...path.split(delimiter), ...present(table.searchLast)].join(delimiter);
}

/** The tools that set-up itself cares for on a machine of this platform with this package manager. */
export function requiredTools(manager, platform = process.platform, table = toolTable) {
  const place = manager === 'apt' ? 'apt' : 'elsewhere';
  return table.tools.filter(
    (tool) =>
      !tool.optional &&
      (tool.where === undefined || tool.where === place) &&
      (tool.os === undefined || tool.os === platform),
  );
}

/** The tools that set-up installs where it can, and does without where it cannot. */
export function wantedTools(manager, platform = process.platform, table = toolTable) {
  return table.tools.filter(
    (tool) =>
      tool.optional &&
      tool.setUp &&
      (tool.os === undefined || tool.os === platform) &&
      tool.packages[manager] !== undefined,
  );
}

/**
 * Asks every tool for its version, all at once.
 * @returns {Promise<{ tool: object, state: 'ok' | 'missing' | 'too-old' | 'broken' | 'other', version?: string }[]>}
 */
export function probeTools(tools) {
  return Promise.all(tools.map(async (tool) => ({ tool, ...judgeTool(tool, await run(tool.probe)) })));
}

/** What the answer to a probe means. A tool that does not say its version is taken to be new enough. */
export function judgeTool(tool, { started, ok, words }) {
  if (!started) return { state: 'missing' };
  if (!ok) return { state: 'broken' };
  if (tool.says && !words.includes(tool.says)) return { state: 'other' };
  const version = findVersion(words);
  const tooOld = tool.minimum && version && compareVersions(version, tool.minimum) < 0;
  return { state: tooOld ? 'too-old' : 'ok', version };
}

/** One line about a tool that is not as it should be. */
export function describeProblem({ tool, state, version }) {
  const what = {
    missing: 'missing',
    broken: `\`${tool.probe.join(' ')}\` fails`,
    other: `not ${tool.says}`,
    'too-old': `${version} is older than ${tool.minimum}`,
  }[state];
  return `  ${tool.name}: ${tool.purpose} (${what})`;
}
