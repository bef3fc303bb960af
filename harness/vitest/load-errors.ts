import type { TestModule } from 'vitest/node';

/** Why suite files could not be loaded. A declaration that cannot be meant is for its author to mend before all else. */
export type LoadFailure = 'declaration' | 'other';

/** An error as vitest will print it: its place in the list of its module. */
interface Printed {
  readonly errors: ReturnType<TestModule['errors']>;
  readonly index: number;
  readonly column: number;
  readonly environment: string;
}

/** The suite files of a run that could not be loaded: none of their cases has a result. */
export class LoadErrors {
  readonly #told = new Map<string, Printed>();
  #failure: LoadFailure | undefined;

  get failure(): LoadFailure | undefined {
    return this.#failure;
  }

  /**
   * Notes why a file could not be loaded, if it could not. It is loaded once in every environment and fails alike in
   * each: the first of them, as they are declared and as vitest prints them at the run's end, tells why; the others refer to it.
   * @param column The environment's place among those declared.
   */
  add(module: TestModule, column: number): void {
    const errors = module.errors();
    for (const [index, { name = 'Error', message }] of errors.entries()) {
      // Known by name: the error has come from another process.
      this.#failure = name === 'DeclarationError' ? 'declaration' : (this.#failure ?? 'other');
      this.#tellOnce(`${module.relativeModuleId}: ${message}`, {
        errors,
        index,
        column,
        environment: module.project.name,
      });
    }
  }

  #tellOnce(what: string, printed: Printed): void {
    const told = this.#told.get(what);
    if (!told || printed.column < told.column) this.#told.set(what, printed);
    if (told && printed.column < told.column) refer(told, printed);
    else if (told) refer(printed, told);
  }
}

function refer({ errors, index }: Printed, { environment }: Printed): void {
  const name = errors[index]?.name ?? 'Error';
  const message = `as on ${environment}`;
  errors[index] = { name, message, stack: `${name}: ${message}` };
}
