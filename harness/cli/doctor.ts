import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { execa } from 'execa';
import { z } from 'zod';
import { ExitCode } from './exit-code.ts';

const toolSchema = z.object({
  name: z.string(),
  probe: z.tuple([z.string()], z.string()),
  minimum: z.string().optional(),
  purpose: z.string(),
  optional: z.boolean().optional(),
  usedBy: z.enum(['harness', 'fixtures']),
  os: z.string().optional(),
  packages: z.record(z.string(), z.array(z.string())),
});
const tableSchema = z.object({ tools: z.array(toolSchema) });

type Tool = z.infer<typeof toolSchema>;

type ToolState =
  | { readonly kind: 'ok'; readonly version: string }
  | { readonly kind: 'too-old'; readonly version: string }
  | { readonly kind: 'missing' };

interface Diagnosis {
  readonly tool: Tool;
  readonly state: ToolState;
}

/** `twinboot doctor`: each tool that the harness runs, whether it is there, and what its lack costs. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('what is installed, which version, and what each lack costs')
    .option('--json', 'for a machine to read')
    .exitOverride()
    .action(async ({ json = false }: { json?: boolean }) => {
      const diagnoses = await Promise.all(readTools().map(diagnose));
      console.log(json ? toJson(diagnoses) : toText(diagnoses));
      const lacking = diagnoses.some(({ tool, state }) => state.kind !== 'ok' && !tool.optional);
      process.exitCode = lacking ? ExitCode.unavailable : ExitCode.ok;
    });
}

/** The same table that the set-up installs from; the fixtures' own tools are no concern of a project that uses Twinboot. */
function readTools(): Tool[] {
  const { tools } = tableSchema.parse(JSON.parse(readFileSync(tableFile(), 'utf8')));
  return tools.filter(({ usedBy, os }) => usedBy === 'harness' && (os === undefined || os === process.platform));
}

function tableFile(): URL {
  const fromSources = import.meta.url.endsWith('.ts');
  return new URL(fromSources ? '../../scripts/setup/tools.json' : '../../../scripts/setup/tools.json', import.meta.url);
}

async function diagnose(tool: Tool): Promise<Diagnosis> {
  const [file, ...args] = tool.probe;
  const result = await execa(file, args, { reject: false, all: true });
  if (result.failed) return { tool, state: { kind: 'missing' } };
  const version = /\d+(?:\.\d+)+|\b\d+\b/.exec(result.all)?.[0] ?? 'unknown version';
  return { tool, state: { kind: tool.minimum && isOlder(version, tool.minimum) ? 'too-old' : 'ok', version } };
}

function isOlder(version: string, than: string): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, wanted] of than.split('.').map(Number).entries()) {
    const has = parts[index] ?? 0;
    if (has !== wanted) return has < wanted;
  }
  return false;
}

function toText(diagnoses: readonly Diagnosis[]): string {
  const width = Math.max(...diagnoses.map(({ tool }) => tool.name.length));
  return diagnoses.map((diagnosis) => `${diagnosis.tool.name.padEnd(width)}  ${describe(diagnosis)}`).join('\n');
}

function describe({ tool, state }: Diagnosis): string {
  switch (state.kind) {
    case 'ok':
      return `${state.version.padEnd(10)} ${tool.purpose}`;
    case 'too-old':
      return `${state.version} is too old: ${tool.minimum} or newer ${tool.purpose}. ${howToGet(tool)}`;
    case 'missing':
      return `missing: ${tool.optional ? 'optional; ' : ''}it ${tool.purpose}. ${howToGet(tool)}`;
    default:
      return state satisfies never;
  }
}

function howToGet({ packages }: Tool): string {
  return `Packages: ${Object.entries(packages)
    .map(([manager, names]) => `${names.join(' ')} (${manager})`)
    .join(', ')}.`;
}

function toJson(diagnoses: readonly Diagnosis[]): string {
  const tools = diagnoses.map(({ tool, state }) => ({
    name: tool.name,
    purpose: tool.purpose,
    minimum: tool.minimum,
    optional: tool.optional ?? false,
    state: state.kind,
    version: state.kind === 'missing' ? undefined : state.version,
  }));
  return JSON.stringify({ tools }, undefined, 2);
}
