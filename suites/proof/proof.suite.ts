import { defineSuite } from 'twinboot';

defineSuite('proof', {
  needs: ['posix-shell', 'disk', 'network'],
  machine: { disks: ['data'], network: 'user' },
  cases: {
    prove_failure: {
      run: 'prove_failure',
      about: 'every test program fails when the one function it relies on does nothing',
      timeout: '10m',
    },
  },
});
