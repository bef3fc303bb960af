import { defineSuite } from 'twinboot';

/** One image per case, each ending QEMU with a status of its own, as unit-test kernels do. */
defineSuite('exit status', {
  results: { qemuExit: { 33: 'pass', 35: 'fail' } },
  cases: {
    'a status that is declared a pass': { boot: { append: 'pass' } },
    'a status and a text that agree': {
      boot: { append: 'pass' },
      results: { lines: [{ match: /^all tests passed/, case: 'pass' }] },
    },
  },
});
