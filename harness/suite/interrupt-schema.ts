import { z } from 'zod';
import { countedClasses } from '../trace/interrupt-count.ts';
import { isException } from '../verdict/interrupt-expectation.ts';
import { fields } from './fields.ts';

/** The shapes of what is said of interrupts. Which vectors have names, the target tells: checkInterrupts knows. */

const exceptionClasses = countedClasses.filter(isException);

const count = z
  .number({ error: 'expected a number' })
  .int('expected a whole number')
  .nonnegative('expected a number from 0 up');

const bounds = fields({ min: count.optional(), max: count.optional() })
  .refine(({ min, max }) => min !== undefined || max !== undefined, 'expected a `min`, a `max`, or both')
  .refine(({ min = 0, max = min }) => min <= max, 'expected a `max` that is not below the `min`');

export const interruptsSchema = z
  .object({ unexpected: z.array(z.enum(exceptionClasses)).optional() })
  .catchall(bounds.optional())
  .refine((declared) => Object.keys(declared).length > 0, 'expected at least one class, one vector, or `unexpected`');

const vector = z
  .number({ error: 'expected a vector such as 0x20' })
  .int('expected a whole number')
  .min(0, 'expected a vector from 0 to 0xff')
  .max(0xff, 'expected a vector from 0 to 0xff');

export const vectorsSchema = z.record(
  z
    .string()
    .regex(/^[A-Za-z][\w -]*$/, 'expected a name such as "timer"')
    .refine((name) => name !== 'unexpected', 'expected a name that is free: "unexpected" has a meaning of its own'),
  vector,
);
