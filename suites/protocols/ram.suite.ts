import { defineSuite } from 'twinboot';

/** A kernel whose serial line is not to be trusted keeps its results in a table, which is read from outside. */
defineSuite('table in RAM', {
  results: { table: 'results', tap: 'ignored' },
  cases: {
    'a kernel that powers off after its tests': { boot: { append: 'lines' } },
    'a command at a prompt that knows no exit status': { run: 'suite' },
    'another command at the same prompt': { run: 'pass gamma' },
  },
});
