import { UnavailableError } from './errors.mjs';
import { lastWords } from './last-words.mjs';
import { commandForPeople, findManager, installCommand, packagesOf, rightToInstall } from './package-manager.mjs';
import { run } from './run.mjs';
import { describeProblem, probeTools, requiredTools, wantedTools } from './tools.mjs';

/**
 * Sees to it that every required tool runs, installing what does not where that needs no question.
 * @param {import('./set-up.mjs').Context} context
 * @returns {Promise<Record<string, string | undefined>>} the version of every tool that runs, by name
 */
export async function installTools(context) {
  const manager = findManager();
  const tools = requiredTools(manager);
  let probes = await probeTools(tools);
  for (const { tool, version } of probes.filter(isFine)) context.mention(`${tool.name} ${version ?? ''}  ok`);
  if (!probes.every(isFine)) {
    await install(
      context,
      manager,
      probes.filter((probe) => !isFine(probe)),
    );
    if (!context.dryRun) probes = await probeTools(tools);
  }
  const problems = probes.filter((probe) => !isFine(probe));
  if (problems.length > 0 && !context.dryRun) {
    throw new UnavailableError(`setup: installed, and still not usable:\n${problems.map(describeProblem).join('\n')}`);
  }
  await installWanted(context, manager);
  return Object.fromEntries(probes.map(({ tool, version }) => [tool.name, version]));
}

/**
 * What makes Twinboot better and is not here. That it cannot be installed is worth a line, and no more. One by one: a
 * distribution that does not have one of them may have the next.
 */
async function installWanted(context, manager) {
  const probes = await probeTools(wantedTools(manager));
  for (const lacking of probes.filter((probe) => !isFine(probe))) {
    try {
      await install(context, manager, [lacking]);
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      context.say(`goes on without this:\n${describeProblem(lacking)}`);
    }
  }
}

async function install(context, manager, problems) {
  const needed = `setup: Twinboot needs tools that are not here:\n${problems.map(describeProblem).join('\n')}`;
  if (!manager) throw new UnavailableError(`${needed}\nInstall them with this system's package manager.`);
  const tools = problems.map(({ tool }) => tool);
  const command = installCommand(manager, tools);
  const prefix = await rightToInstall(manager);
  if (!prefix) throw new UnavailableError(`${needed}\nInstall them with\n\n${commandForPeople(manager, command)}\n`);
  context.act('install', `${packagesOf(manager, tools).join(', ')} (${manager})`);
  if (context.dryRun) return;
  const { ok, words } = await run([...prefix, 'sh', '-c', command]);
  if (!ok) throw new UnavailableError(`setup: this failed:\n\n${command}\n\n${lastWords(words)}`);
}

function isFine({ state }) {
  return state === 'ok';
}
