import { delimiter } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeProblem, judgeTool, probeTools, requiredTools, searchPath, toolTable, wantedTools } from './tools.mjs';

const tool = { name: 'qemu-img', probe: ['qemu-img', '--version'], minimum: '7.2', purpose: 'makes overlays' };
const answer = (words) => ({ started: true, ok: true, words });

describe('judgeTool', () => {
  test('takes a tool of the minimum version', () => {
    expect(judgeTool(tool, answer('qemu-img version 7.2.0'))).toEqual({ state: 'ok', version: '7.2.0' });
  });

  test('refuses an older one, and says both versions', () => {
    const verdict = judgeTool(tool, answer('qemu-img version 6.2.0'));
    expect(verdict).toEqual({ state: 'too-old', version: '6.2.0' });
    expect(describeProblem({ tool, ...verdict })).toBe('  qemu-img: makes overlays (6.2.0 is older than 7.2)');
  });

  test('tells a tool that is not there from one that fails', () => {
    expect(judgeTool(tool, { started: false, ok: false, words: '' }).state).toBe('missing');
    expect(judgeTool(tool, { started: true, ok: false, words: 'error while loading shared libraries' }).state).toBe(
      'broken',
    );
  });

  test('refuses another program of the same name', () => {
    const cpio = { ...tool, says: 'GNU cpio', minimum: '2.12' };
    expect(judgeTool(cpio, answer('bsdcpio 3.5.3 - libarchive 3.5.3')).state).toBe('other');
  });

  test('takes a tool that keeps its version to itself', () => {
    expect(judgeTool(tool, answer('hello'))).toEqual({ state: 'ok', version: undefined });
  });
});

describe('probeTools', () => {
  test('asks by running', async () => {
    const node = { name: 'node', probe: [process.execPath, '--version'], minimum: '20' };
    const absent = { name: 'absent', probe: ['/nonexistent/tool', '--version'] };
    const states = (await probeTools([node, absent])).map(({ tool: { name }, state }) => [name, state]);
    expect(states).toEqual([
      ['node', 'ok'],
      ['absent', 'missing'],
    ]);
  });
});

describe('requiredTools', () => {
  const names = (manager) => requiredTools(manager).map(({ name }) => name);

  test('asks for dpkg-deb where apt is, and for ar where it is not', () => {
    expect(names('apt')).toContain('dpkg-deb');
    expect(names('apt')).not.toContain('ar');
    expect(names('dnf')).toContain('ar');
    expect(names(undefined)).not.toContain('dpkg-deb');
  });

  test('leaves out what is optional', () => {
    const table = {
      tools: [
        { ...tool, optional: true },
        { ...tool, name: 'clang' },
      ],
    };
    expect(requiredTools('apt', 'linux', table).map(({ name }) => name)).toEqual(['clang']);
  });

  test('leaves out what another system has no use for', () => {
    expect(requiredTools('brew', 'darwin').map(({ name }) => name)).not.toContain('setpriv');
    expect(requiredTools('apt', 'linux').map(({ name }) => name)).toContain('setpriv');
  });

  test.each(Object.keys(toolTable.managers))('knows a package of %s for every tool needed there', (manager) => {
    const platform = manager === 'brew' ? 'darwin' : 'linux';
    expect(requiredTools(manager, platform).filter(({ packages }) => !packages[manager]?.length)).toEqual([]);
  });
});

describe('wantedTools', () => {
  const packages = { apt: ['gdb-multiarch'] };
  const table = {
    tools: [
      { name: 'gdb', optional: true, setUp: true, os: 'linux', packages },
      { name: 'flock', optional: true, packages },
      { name: 'clang', packages },
    ],
  };
  const names = (manager, platform) => wantedTools(manager, platform, table).map(({ name }) => name);

  test('are those that set-up can install and can do without', () => {
    expect(names('apt', 'linux')).toEqual(['gdb']);
    expect(names('apt', 'darwin')).toEqual([]);
    expect(names('pacman', 'linux')).toEqual([]);
    expect(names(undefined, 'linux')).toEqual([]);
  });
});

describe('searchPath', () => {
  test('adds the folders that exist, before and after', () => {
    const table = { searchFirst: ['/nonexistent', '/usr'], searchLast: ['/dev'] };
    expect(searchPath('/bin', table).split(delimiter)).toEqual(['/usr', '/bin', '/dev']);
  });
});
