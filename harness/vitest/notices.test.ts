import { expect, test } from 'vitest';
import { Notices, tellNotice } from './notices.ts';

/** A task on both sides: as the worker has it, and as the reporter sees it. */
function task(...notices: readonly string[]) {
  const meta = {};
  for (const notice of notices) tellNotice({ meta }, notice);
  return { meta: () => meta };
}

test('a notice is news once, whichever task tells it, and is kept in the order of arrival', () => {
  const notices = new Notices();
  expect(notices.add(task('no clones on b', 'no KVM'))).toEqual(['no clones on b', 'no KVM']);
  expect(notices.add(task('no KVM', 'no clones on a'))).toEqual(['no clones on a']);
  expect(notices.add(task())).toEqual([]);
  expect(notices.texts).toEqual(['no clones on b', 'no KVM', 'no clones on a']);
});

test('a task tells the same only once', () => {
  expect(new Notices().add(task('no clones', 'no clones'))).toEqual(['no clones']);
});
