/** Values by a compound key, in the order in which the keys first appear. */
export class Groups<V> {
  readonly #byKey = new Map<string, V>();

  /** The value at `key`, made the first time. */
  at(key: readonly unknown[], make: () => V): V {
    const text = JSON.stringify(key);
    const present = this.#byKey.get(text);
    if (present !== undefined) return present;
    const made = make();
    this.#byKey.set(text, made);
    return made;
  }

  get values(): V[] {
    return [...this.#byKey.values()];
  }
}
