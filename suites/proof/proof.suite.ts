import { defineSuite } from 'twinboot';

defineSuite('proof', {
  needs: ['posix-shell', 'disk', 'network'],
  machine: { disks: ['data'], network: 'user' },
  cases: {
    prove_failure: {
      // That each passes as it is, on such a machine, the other suites show.
      run: 'prove_failure -t',
      about: 'every test program fails when the one function it relies on does nothing',
      timeout: '10m',
    },
  },
});

defineSuite('proof-readonly', {
  needs: ['posix-shell', 'disk'],
  machine: { disks: ['data-readonly'] },
  cases: {
    prove_failure_readonly: {
      run: 'prove_failure -t disk_readonly_test disk_device_readonly_test',
      about: 'the test programs for a write-protected disk fail on one that is not',
      timeout: '10m',
    },
  },
});
