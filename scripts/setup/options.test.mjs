import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { HELP, parseOptions } from './options.mjs';

const setup = fileURLToPath(new URL('../setup.mjs', import.meta.url));
const runSetup = (...words) => spawnSync(process.execPath, [setup, ...words], { encoding: 'utf8' });

describe('the command line of set-up', () => {
  test('takes its flags in any order', () => {
    expect(parseOptions(['--verbose', '--dry-run'])).toEqual({ dryRun: true, verbose: true, help: false });
  });

  test('shows help and does nothing else', () => {
    expect(runSetup('--help')).toMatchObject({ status: 0, stdout: `${HELP}\n`, stderr: '' });
  });

  test('refuses a word it does not know with exit status 2', () => {
    expect(runSetup('--dryrun')).toMatchObject({
      status: 2,
      stdout: '',
      stderr: 'setup: expected --dry-run, --verbose or --help, got "--dryrun"\n',
    });
  });
});
