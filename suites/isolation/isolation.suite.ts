import { defineSuite } from 'twinboot';
import { casesOf, leaks } from './leaks.ts';

/** What a case does to its machine is invisible to every other, in whatever order they run. */
defineSuite('isolation', {
  needs: ['posix-shell', 'disk', 'network'],
  machine: { disks: ['data', 'scratch'], network: 'user' },
  atLeast: 2 * Object.keys(leaks).length,
  timeout: '2m',
  cases: casesOf(leaks),
});
