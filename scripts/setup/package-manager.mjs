import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './run.mjs';
import { toolTable } from './tools.mjs';

/** The name of this machine's package manager in the tool table; `undefined` when it has none that we know. */
export function findManager(path = process.env.PATH, table = toolTable) {
  return Object.keys(table.managers).find((name) => isInPath(table.managers[name].probe, path));
}

/** The shell command that installs what these tools come in, without the word that makes it root's. */
export function installCommand(manager, tools, table = toolTable) {
  return `${table.managers[manager].install} ${packagesOf(manager, tools).join(' ')}`;
}

/** The packages that these tools come in, each once. */
export function packagesOf(manager, tools) {
  return [...new Set(tools.flatMap((tool) => tool.packages[manager] ?? []))];
}

/** How a command becomes root's here: an argv prefix when that works without asking, `undefined` when it does not. */
export async function rightToInstall(manager, table = toolTable) {
  if (!table.managers[manager].asRoot || process.getuid?.() === 0) return [];
  return (await run(['sudo', '-n', 'true'])).ok ? ['sudo', '-n'] : undefined;
}

/** The command as a person types it. */
export function commandForPeople(manager, command, path = process.env.PATH, table = toolTable) {
  if (!table.managers[manager].asRoot) return command;
  return isInPath('sudo', path) ? `sudo sh -c '${command}'` : `su -c '${command}'`;
}

function isInPath(program, path) {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
