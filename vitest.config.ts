import { availableParallelism } from 'node:os';
import { calamity } from './fixtures/calamity/target.ts';
import { linux, linuxDevices, linuxProof } from './fixtures/linux/target.ts';
import { defineKernelConfig } from './harness/config.ts';
import { bundledPackage } from './harness/testing/bundled-package.ts';

export default defineKernelConfig(
  {
    targets: [linux, linuxProof, linuxDevices, calamity],
    disks: {
      data: { mode: 'overlay', source: 'fixtures/.build/linux/data.ext4' },
      'data-readonly': { mode: 'readonly', source: 'fixtures/.build/linux/data.ext4' },
    },
  },
  {
    // Suites import 'twinboot' as anyone's do; here that name means the sources.
    ssr: { resolve: { conditions: ['twinboot-source', 'node', 'import', 'module', 'default'] } },
    test: {
      // End-to-end tests wait for guests that wait for something: one worker more keeps the processors busy meanwhile.
      maxWorkers: availableParallelism() + 1,
      projects: [
        {
          extends: true,
          plugins: [bundledPackage('@actions/workflow-parser')],
          test: {
            name: 'unit',
            // A process for each of so many files would take half of their time.
            isolate: false,
            include: ['{harness,fixtures}/**/*.test.ts', 'scripts/**/*.test.mjs'],
            exclude: ['**/*.e2e.test.ts'],
            server: { deps: { inline: ['@actions/workflow-parser'] } },
            // A bound for tests that hang, not for hosts that are slow.
            testTimeout: 300_000,
            hookTimeout: 300_000,
          },
        },
        {
          extends: true,
          test: {
            name: 'command',
            include: ['harness/**/*.e2e.test.ts'],
            globalSetup: 'harness/testing/build-dist.ts',
            testTimeout: 0,
            hookTimeout: 0,
          },
        },
      ],
    },
  },
);
