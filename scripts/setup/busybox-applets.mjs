/**
 * The names that a busybox answers to, read from the program itself: the binary of a foreign architecture cannot be
 * asked by running it. They are one table of zero-terminated names in alphabetical order, which begins with [ and [[.
 *
 * @param {Buffer} busybox
 * @returns {string[]} empty when there is no such table
 */
export function readApplets(busybox) {
  const start = busybox.indexOf('\0[\0[[\0', 0, 'latin1');
  if (start < 0) return [];
  const applets = [];
  for (let from = start + 1; ; ) {
    const to = busybox.indexOf(0, from);
    const name = busybox.toString('latin1', from, to);
    if (to < 0 || !/^[\w.[-]+$/.test(name) || (applets.length > 0 && name <= applets.at(-1))) return applets;
    applets.push(name);
    from = to + 1;
  }
}
