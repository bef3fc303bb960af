import { defineSuite } from 'twinboot';

/** The lines of a Rust kernel's test runner, as many hobby kernels print them. */
defineSuite('lines', {
  results: {
    lines: [
      { match: /^running (\S+)/, subtest: 'started' },
      { match: /^test (\S+): OK/, subtest: 'pass' },
      { match: /^test (\S+): FAILED/, subtest: 'fail' },
      { match: /^test (\S+): ignored/, subtest: 'skip' },
      { match: /^test result: ok/, case: 'pass' },
    ],
  },
  cases: {
    'a kernel that powers off after its tests': { boot: { append: 'lines' } },
    'a kernel that says it is done and stays': { boot: { append: 'lines-stay' } },
    'a command at a prompt that knows no exit status': { run: 'suite' },
    'another command at the same prompt': { run: 'pass gamma' },
  },
});
