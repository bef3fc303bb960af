import { defineSuite } from 'twinboot';

defineSuite('ktap', {
  results: { tap: 'required' },
  cases: {
    'a kernel that prints KTAP and powers off': { boot: { append: 'ktap' } },
    'the same with two CPUs': { boot: { append: 'ktap', cpus: 2 } },
  },
});
