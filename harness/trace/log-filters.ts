/** Takes what is its own out of a log that others share, however the bytes are cut into pieces. */
interface LogFilter {
  /** @returns what is not its own of all that it can tell apart by now. */
  push(bytes: Buffer): Buffer;
  /** The log has ended. @returns what is left of what it had kept for later. */
  end(): Buffer;
}

/** Several that share one log: each gets what those before it leave. */
export class LogFilters implements LogFilter {
  readonly #filters: readonly LogFilter[];

  /** @param filters Those that there are. Without any, everything is left as it is. */
  constructor(filters: readonly (LogFilter | undefined)[]) {
    this.#filters = filters.filter((filter) => filter !== undefined);
  }

  push(bytes: Buffer): Buffer {
    return this.#filters.reduce((left, filter) => (left.length > 0 ? filter.push(left) : left), bytes);
  }

  end(): Buffer {
    return this.#filters.reduce((left, filter) => {
      const others = left.length > 0 ? filter.push(left) : left;
      return Buffer.concat([others, filter.end()]);
    }, Buffer.alloc(0));
  }
}
