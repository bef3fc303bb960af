import { z } from 'zod';
import { nearest } from '../expected.ts';

/** An object whose unknown fields are named together with the nearest known one. */
export function fields<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined;
      const unknown = issue.keys as string[];
      const near = unknown.map((key) => nearest(key, known)).find((key) => key !== undefined);
      return `unknown field ${unknown.map((key) => JSON.stringify(key)).join(', ')}${near ? ` (did you mean "${near}"?)` : ''}; the fields are ${known.join(', ')}`;
    },
  });
}
