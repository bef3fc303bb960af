/** The first dotted number in what a program says about itself, e.g. '7.2.22'; `undefined` when there is none. */
export function findVersion(words) {
  return /\d+(?:\.\d+)+/.exec(words)?.[0];
}

/** Negative, zero or positive as `a` is older than, equal to or newer than `b`. Absent parts count as 0. */
export function compareVersions(a, b) {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
