import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

interface Permission {
  /** Folders whose values may be imported. They stand above in the table: imports go one way. */
  readonly values: readonly string[];
  /** Folders of which only types may be: facts that a pure folder is told, and words that both sides speak. */
  readonly types?: readonly string[];
}

/** The files that stand in harness/ itself and that everyone may import. */
const BASICS = 'basics';
/** What users import: index.ts and config.ts. */
const ENTRIES = 'entries';

/** What each folder of harness/ may import besides itself, the folders in the order in which a boot meets them. */
const TABLE: Readonly<Record<string, Permission>> = {
  [BASICS]: { values: [] },
  arch: { values: [BASICS] },
  lines: { values: [BASICS] },
  qemu: { values: [BASICS, 'arch'] },
  network: { values: [BASICS] },
  console: { values: [BASICS, 'lines'], types: ['verdict'] },
  trace: { values: [BASICS, 'arch', 'lines'] },
  machine: { values: [BASICS, 'arch', 'lines', 'qemu', 'network', 'console', 'trace'] },
  verdict: { values: [BASICS, 'lines'], types: ['arch', 'console', 'trace', 'machine'] },
  evidence: { values: [BASICS, 'arch', 'lines', 'qemu', 'trace', 'verdict'], types: ['machine'] },
  debug: { values: [BASICS, 'arch', 'lines', 'qemu', 'console', 'machine', 'evidence'] },
  suite: { values: [BASICS, 'arch', 'lines', 'qemu', 'console', 'trace', 'machine', 'verdict', 'evidence'] },
  probe: { values: [BASICS, 'lines', 'console', 'machine', 'verdict', 'evidence', 'suite'], types: ['trace'] },
  report: { values: [BASICS, 'arch', 'lines', 'trace', 'verdict'] },
  vitest: {
    values: [BASICS, 'arch', 'lines', 'qemu', 'console', 'machine', 'verdict', 'evidence', 'suite', 'report'],
    types: ['trace'],
  },
  cli: {
    values: [
      ...[
        BASICS,
        'arch',
        'lines',
        'qemu',
        'trace',
        'machine',
        'verdict',
        'evidence',
        'debug',
        'probe',
        'report',
        'vitest',
      ],
    ],
  },
  bench: { values: [BASICS, 'arch', 'qemu', 'trace', 'console', 'machine', 'verdict', 'evidence', 'suite', 'report'] },
  [ENTRIES]: { values: ['suite', 'vitest'], types: ['qemu', 'trace'] },
};

const HARNESS = import.meta.dirname;

interface Import {
  readonly specifier: string;
  readonly isType: boolean;
  readonly line: number;
}

interface Source {
  /** Relative to harness/, with forward slashes. */
  readonly file: string;
  readonly folder: string;
  readonly text: string;
}

/** Everything that is compiled and shipped. */
const sources: readonly Source[] = readdirSync(HARNESS, { recursive: true, encoding: 'utf8' })
  .map((file) => file.split(path.sep).join('/'))
  .filter((file) => /(?<!\.test)\.tsx?$/.test(file) && !file.startsWith('testing/'))
  .map((file) => ({ file, folder: folderOf(file), text: readFileSync(path.join(HARNESS, file), 'utf8') }));

function folderOf(file: string): string {
  const [folder = '', ...rest] = file.split('/');
  if (rest.length > 0) return folder;
  return file === 'index.ts' || file === 'config.ts' ? ENTRIES : BASICS;
}

/** The import and export declarations of a module, and the imports within expressions that name their module. */
function importsOf(text: string): Import[] {
  const declarations =
    /^(?:import|export)\s+(?<type>type\s)?(?:[^;'"`]*?\bfrom\s+)?(?<quote>['"])(?<specifier>[^'"]+)\k<quote>/gm;
  const expressions = /\bimport\s*\(\s*(?<quote>['"`])(?<specifier>[^'"`]+)\k<quote>/g;
  return [declarations, expressions]
    .flatMap((pattern) => [...text.matchAll(pattern)])
    .map(({ index, groups }) => ({
      specifier: groups?.specifier ?? '',
      isType: groups?.type !== undefined,
      line: text.slice(0, index).split('\n').length,
    }));
}

/** The folder of harness/ that a specifier leads to; `undefined` for a package and for what lies outside of harness/. */
function folderBehind({ file }: Source, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const target = path.posix.join(path.posix.dirname(file), specifier);
  return target.startsWith('../') ? undefined : folderOf(target);
}

function forbiddenImports(source: Source): string[] {
  const permission = TABLE[source.folder];
  if (!permission) return [`harness/${source.file}: the folder has no row in the table of harness/boundaries.test.ts`];
  const { values, types = [] } = permission;
  return importsOf(source.text).flatMap(({ specifier, isType, line }) => {
    const folder = folderBehind(source, specifier);
    if (folder === undefined || folder === source.folder) return [];
    if (values.includes(folder) || (isType && types.includes(folder))) return [];
    const onlyTypes = types.includes(folder) ? 'only types of ' : 'nothing of ';
    return [`harness/${source.file}:${line}: imports ${specifier}; ${source.folder} may import ${onlyTypes}${folder}`];
  });
}

describe('imports go one way', () => {
  test('each folder imports only what its row of the table allows', () => {
    expect(sources.flatMap(forbiddenImports)).toEqual([]);
  });

  test('the table lets a folder import values only from rows above its own', () => {
    const order = Object.keys(TABLE);
    const upwards = Object.entries(TABLE).flatMap(([folder, { values }]) =>
      values
        .filter((other) => order.indexOf(other) < 0 || order.indexOf(other) >= order.indexOf(folder))
        .map((other) => `${folder} -> ${other}`),
    );
    expect(upwards).toEqual([]);
  });

  test('every folder that there is has a row, and every row its folder', () => {
    expect([...new Set(sources.map(({ folder }) => folder))].sort()).toEqual(Object.keys(TABLE).sort());
  });

  test('the report knows results and no machines, and nobody needs the command or the entries', () => {
    const allowed = (folder: string) => [...(TABLE[folder]?.values ?? []), ...(TABLE[folder]?.types ?? [])];
    expect(allowed('report')).not.toEqual(expect.arrayContaining(['machine']));
    expect(allowed('report')).not.toEqual(expect.arrayContaining(['qemu']));
    expect(
      Object.keys(TABLE).filter((folder) => allowed(folder).some((other) => other === 'cli' || other === ENTRIES)),
    ).toEqual([]);
  });
});

test('only harness/vitest knows the test runner', () => {
  const elsewhere = sources
    .filter(({ folder }) => folder !== 'vitest')
    .flatMap(({ file, text }) => importsOf(text).map((found) => ({ file, ...found })))
    .filter(({ specifier }) => /^(vitest|vite)(\/|$)|^@vitest\//.test(specifier))
    .map(({ file, line, specifier }) => `harness/${file}:${line}: imports ${specifier}; only harness/vitest may`);
  expect(elsewhere).toEqual([]);
});

/** Where what a browser runs is: it is bundled by itself, and a browser has no Node. */
const PAGE = 'report/html/page/';

describe('the page of the HTML report', () => {
  const imports = sources.flatMap((source) =>
    importsOf(source.text).map((found) => ({ ...found, file: source.file, isOfPage: source.file.startsWith(PAGE) })),
  );
  const targetOf = ({ file, specifier }: { file: string; specifier: string }) =>
    specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier) : specifier;

  test('imports its own modules, its two libraries, and what makes text visible; else only types', () => {
    const allowed = /^(report\/html\/page\/.*|lines\/visible\.ts|preact(\/hooks)?|uplot)$/;
    const others = imports.filter((found) => found.isOfPage && !found.isType && !allowed.test(targetOf(found)));
    expect(others.map((found) => `harness/${found.file}:${found.line}: imports ${found.specifier}`)).toEqual([]);
    expect(imports.some((found) => found.isOfPage)).toBe(true);
  });

  test('is imported by nobody, and its libraries neither', () => {
    const users = imports.filter(
      (found) => !found.isOfPage && (targetOf(found).startsWith(PAGE) || /^(preact|uplot)(\/|$)/.test(found.specifier)),
    );
    expect(users.map((found) => `harness/${found.file}:${found.line}: imports ${found.specifier}`)).toEqual([]);
  });
});

test('only harness/arch names an architecture', () => {
  const named = sources
    .filter(({ folder }) => folder !== 'arch')
    .flatMap(({ file, text }) =>
      linesNamingAnArch(text).map((line) => `harness/${file}:${line}: names an architecture; harness/arch knows them`),
    );
  expect(named).toEqual([]);
});

function linesNamingAnArch(text: string): number[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      !/^\s*(\/\/|\/?\*)/.test(line) && /(['"`])(x86_64|aarch64)\1/.test(line) ? [index + 1] : [],
    );
}

describe('the scan', () => {
  test('sees the sources', () => {
    expect(sources.map(({ file }) => file)).toEqual(
      expect.arrayContaining(['units.ts', 'index.ts', 'qemu/argv.ts', 'cli/main.ts']),
    );
    expect(sources.filter(({ text }) => importsOf(text).length > 0).length).toBeGreaterThan(sources.length / 2);
  });

  test('sees every way to import, and where', () => {
    const text = [
      `import a from './a.ts';`,
      `import type { B } from './b.ts';`,
      'import {',
      '  type C,',
      '  c,',
      `} from "../c.ts";`,
      `export * from './d.ts';`,
      `export type { E } from './e.ts';`,
      `import './f.ts';`,
      `const g = await import('./g.ts');`,
      `export const from = 'here';`,
      `// import './comment.ts';`,
      ` * import { x } from './comment.ts';`,
    ].join('\n');
    expect(importsOf(text).map(({ specifier, isType, line }) => [specifier, isType, line])).toEqual([
      ['./a.ts', false, 1],
      ['./b.ts', true, 2],
      ['../c.ts', false, 3],
      ['./d.ts', false, 7],
      ['./e.ts', true, 8],
      ['./f.ts', false, 9],
      ['./g.ts', false, 10],
    ]);
  });

  test('tells a forbidden import by file, line and rule', () => {
    const text = `import { x } from '../units.ts';\nimport { Machine } from '../machine/machine.ts';\n`;
    expect(forbiddenImports({ file: 'report/matrix.ts', folder: 'report', text })).toEqual([
      'harness/report/matrix.ts:2: imports ../machine/machine.ts; report may import nothing of machine',
    ]);
    expect(forbiddenImports({ file: 'verdict/judge.ts', folder: 'verdict', text })).toEqual([
      'harness/verdict/judge.ts:2: imports ../machine/machine.ts; verdict may import only types of machine',
    ]);
    expect(
      forbiddenImports({
        file: 'verdict/judge.ts',
        folder: 'verdict',
        text: text.replaceAll('import {', 'import type {'),
      }),
    ).toEqual([]);
    expect(forbiddenImports({ file: 'wings/ring.ts', folder: 'wings', text })).toEqual([
      'harness/wings/ring.ts: the folder has no row in the table of harness/boundaries.test.ts',
    ]);
  });

  test('tells an architecture’s name from a comment that mentions it', () => {
    expect(
      linesNamingAnArch("const a = 'x86_64';\n/** `aarch64` */\n// 'aarch64'\nconst b = { x86_64: 1 };\nf(`aarch64`);"),
    ).toEqual([1, 5]);
  });
});
