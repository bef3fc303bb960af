import { z } from 'zod';
import { archSpellings, normaliseArch } from '../arch/archs.ts';
import { debugPorts } from '../arch/debug-port.ts';
import { nearest } from '../expected.ts';
import { accelerators, diskModes } from '../qemu/profile.ts';
import { parseBytes, parseMillis } from '../units.ts';
import { interruptKeepings, isolations } from './declaration.ts';
import { fields } from './fields.ts';
import { interruptsSchema, vectorsSchema } from './interrupt-schema.ts';
import { ramName, ringSchema, tableSchema } from './ram-schema.ts';

/**
 * The shapes of declarations, checked once when they are loaded. They follow the interfaces in declaration.ts field by
 * field; the interfaces speak to editors, these to whoever writes plain JavaScript or makes a typing mistake.
 */

const text = z.string().min(1, 'expected a text, got an empty one');

const duration = z
  .union([z.string(), z.number()], { error: 'expected a duration such as "5s" or a number of milliseconds' })
  .refine((value) => parseMillis(value) !== undefined, {
    error: (issue) => `expected a duration such as "5s" or "250ms", got ${JSON.stringify(issue.input)}`,
  });

const size = z.string({ error: 'expected a size such as "256M"' }).refine((value) => parseBytes(value) !== undefined, {
  error: (issue) => `expected a size such as "256M", got ${JSON.stringify(issue.input)}`,
});

const archName = z.string().refine((value) => normaliseArch(value) !== undefined, {
  error: (issue) => {
    const near = nearest(String(issue.input), archSpellings);
    return `expected an architecture (${archSpellings.join(', ')}), got ${JSON.stringify(issue.input)}${near ? ` (did you mean "${near}"?)` : ''}`;
  },
});

/** Which words there are depends on the project: checkPlaces knows them. */
const places = z.union([text, z.array(text).nonempty('expected at least one place')], {
  error: 'expected an architecture, a target, an environment, or a list of them',
});

const reason = z.string().regex(/\S/, 'expected a reason, got an empty text');

const expectFailure = fields({ on: places.optional(), because: reason, issue: text.optional() });

const pattern = z.instanceof(RegExp, {
  error: (issue) =>
    typeof issue.input === 'string'
      ? `expected a regular expression, got a text: ${JSON.stringify(issue.input)}`
      : 'expected a regular expression',
});

/** A panic that every line is would end each machine at its first. */
const panicPattern = pattern.refine((value) => ''.search(value) < 0, {
  error: (issue) =>
    `expected a pattern that only the lines of a panic match; ${String(issue.input)} also matches an empty line`,
});

const perArch = <T extends z.ZodType>(value: T) =>
  z.union([value, z.record(archName, value)], { error: 'expected a text, or one for each architecture' });

const positive = z
  .number({ error: 'expected a number' })
  .int('expected a whole number')
  .positive('expected a number above 0');

const wholeFromZero = z
  .number({ error: 'expected a number' })
  .int('expected a whole number')
  .nonnegative('expected a number from 0 up');
const retry = wholeFromZero;

const probe = z
  .union(
    [
      z.literal('entry'),
      fields({ min: wholeFromZero.optional(), max: wholeFromZero.optional(), on: places.optional() }),
    ],
    {
      error:
        'expected "entry", or how many calls there may be: { min: 1 }, { max: 0 }, { min: 1, max: 10, on: "arm64" }',
    },
  )
  .refine(
    (value) => value === 'entry' || (value.min ?? 0) <= (value.max ?? Number.POSITIVE_INFINITY),
    'expected a min that is no more than the max',
  );

const probes = z.record(z.string().regex(/\S/, 'expected the name of a function, or a glob such as "sys_*"'), probe);

const subtestResult = z.enum(['pass', 'fail', 'skip', 'started']);
const caseResult = z.enum(['pass', 'fail', 'skip']);
const lineRule = z.union(
  [fields({ match: pattern, subtest: subtestResult }), fields({ match: pattern, case: caseResult })],
  {
    error:
      'expected { match: /…/, subtest: "pass" | "fail" | "skip" | "started" } or { match: /…/, case: "pass" | "fail" | "skip" }',
  },
);

const results = fields({
  table: text.optional(),
  exitStatus: z.boolean().optional(),
  tap: z.enum(['when-seen', 'required', 'ignored']).optional(),
  lines: z.array(lineRule).optional(),
  qemuExit: z
    .record(
      z
        .string()
        .refine(
          (key) => /^(0|[1-9]\d{0,2})$/.test(key) && Number(key) <= 255,
          'expected exit statuses from 0 to 255 as keys',
        ),
      z.enum(['pass', 'fail', 'skip', 'crash']),
    )
    .optional(),
});

const eventName = z
  .string({ error: 'expected the name of a trace event' })
  .regex(/^(?=.*\w)[\w*]+$/, 'expected the name of a trace event, or a pattern such as "pci_cfg_*"');
const eventNames = z.array(eventName).optional();
const eventBounds = fields({
  min: wholeFromZero.optional(),
  max: wholeFromZero.optional(),
  matching: pattern.optional(),
}).refine(({ min = 0, max }) => max === undefined || min <= max, 'expected a `min` that is not above the `max`');
const caseEvents = z
  .union([z.array(eventName), z.record(eventName, eventBounds)], {
    error:
      'expected names of trace events such as ["pci_cfg_*"], or { dma_blk_io: { min: 1, max: 9, matching: /offset=0/ } }',
  })
  .optional();

const machineShape = {
  cpus: positive,
  memory: size,
  network: text,
  disks: z.array(text),
  board: perArch(text).optional(),
  cpu: perArch(text).optional(),
  firmware: perArch(text).optional(),
  qemu: z.array(z.string()).optional(),
  events: eventNames,
};
const machine = fields(machineShape);
const machineOverrides = fields({
  ...machineShape,
  cpus: positive.optional(),
  memory: size.optional(),
  network: text.optional(),
  disks: z.array(text).optional(),
});

const network = z.discriminatedUnion(
  'kind',
  [fields({ kind: z.literal('none') }), fields({ kind: z.literal('user'), restrict: z.boolean() })],
  {
    error: 'expected { kind: "none" } or { kind: "user", restrict: true | false }',
  },
);

const diskFace = z.literal('virtio-blk').optional();
const sourced = { source: text, format: z.enum(['raw', 'qcow2']).optional(), interface: diskFace };
const disk = z.discriminatedUnion(
  'mode',
  [
    fields({ mode: z.literal('overlay'), ...sourced }),
    fields({ mode: z.literal('readonly'), ...sourced }),
    fields({ mode: z.literal('scratch'), size, interface: diskFace }),
  ],
  {
    error: (issue) => {
      const got = (issue.input as { mode?: unknown } | undefined)?.mode;
      const near = typeof got === 'string' ? nearest(got, diskModes) : undefined;
      return `expected mode ${diskModes.map((mode) => `"${mode}"`).join(' | ')}, got ${JSON.stringify(got)}${near ? ` (did you mean "${near}"?)` : ''}`;
    },
  },
);

const qemuArguments = z.array(z.string()).optional();
const image = z.discriminatedUnion(
  'from',
  [
    fields({
      from: z.literal('kernel'),
      kernel: text,
      initrd: text.optional(),
      append: z.string().optional(),
      dtb: text.optional(),
      raw: z.boolean().optional(),
      qemu: qemuArguments,
    }),
    fields({ from: z.literal('cdrom'), iso: text, qemu: qemuArguments }),
    fields({ from: z.literal('disk'), disk: text, qemu: qemuArguments }),
    fields({
      from: z.literal('launcher'),
      command: z.array(z.string()).nonempty('expected a program and its arguments'),
      cwd: text.optional(),
      env: z.record(z.string(), z.string()).optional(),
      qemu: z.undefined({ error: 'a launcher starts QEMU with its own arguments' }).optional(),
    }),
  ],
  { error: 'expected from "kernel" | "cdrom" | "disk" | "launcher"' },
);

const typing = fields({ chunk: positive, pauseMs: z.number().nonnegative() }).optional();

const shell = fields({
  prompt: z.union([text, pattern], { error: 'expected the prompt as a text or a regular expression' }),
  status: z.union([z.literal('posix'), z.literal('none'), fields({ command: text, line: pattern })], {
    error: 'expected "posix" | "none" | { command, line: /…(number)…/ }',
  }),
  enter: z.enum(['\n', '\r']).optional(),
  typing,
  missing: pattern.optional(),
});

const roles = z.array(z.string().regex(/^[a-z0-9-]+$/, 'expected a role such as "user" or "kernel"')).nonempty();

const hasFields = (value: object) => Object.keys(value).length > 0;

const target = fields({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'expected letters, digits, ".", "_" and "-": it names folders'),
  images: z.record(archName, image).refine(hasFields, 'expected an image for at least one architecture'),
  shell: shell.optional(),
  consoles: z
    .union([roles, z.record(archName, roles)], {
      error: 'expected roles such as ["user"], or such a list for each architecture',
    })
    .optional(),
  symbols: perArch(text).optional(),
  ports: z.array(z.enum(debugPorts)).optional(),
  rings: z.record(ramName, ringSchema).optional(),
  tables: z.record(ramName, tableSchema).optional(),
  vectors: z.record(archName, vectorsSchema).optional(),
  events: eventNames,
  panics: z.array(panicPattern).optional(),
  provides: z.array(text).optional(),
  suites: z.array(text).optional(),
  profiles: z.array(text).nonempty().optional(),
  machine: machineOverrides.optional(),
  oracle: text.optional(),
  results: results.optional(),
  bootWithin: duration.optional(),
  timeout: duration.optional(),
  build: text.optional(),
  typing,
});

export const targetSchema = target
  .refine(({ ports, images }) => !ports?.length || Object.values(images).every(({ from }) => from !== 'launcher'), {
    path: ['ports'],
    error: 'a launcher starts QEMU with its own arguments: its debug ports cannot be watched',
  })
  .refine(({ events, images }) => !events?.length || Object.values(images).every(({ from }) => from !== 'launcher'), {
    path: ['events'],
    error: 'a launcher starts QEMU with its own arguments: its trace events cannot be read',
  });

const boot = fields({
  kernel: perArch(text).optional(),
  initrd: perArch(text).optional(),
  append: perArch(z.string()).optional(),
  symbols: perArch(text).optional(),
  cpus: positive.optional(),
  memory: size.optional(),
  qemu: qemuArguments,
});

const caseSchema = fields({
  run: text.optional(),
  boot: boot.optional(),
  about: text.optional(),
  timeout: duration.optional(),
  retry: retry.optional(),
  results: results.optional(),
  interrupts: interruptsSchema.optional(),
  events: caseEvents,
  probes: probes.optional(),
  skip: fields({ on: places.optional(), because: reason }).optional(),
  expectFailure: expectFailure.optional(),
}).refine(
  ({ run, boot }) => (run === undefined) !== (boot === undefined),
  'expected exactly one of run (a command at the shell) and boot (an image of its own)',
);

export const suiteSchema = fields({
  needs: z.array(text).optional(),
  isolation: z.enum(isolations).optional(),
  machine: machineOverrides.optional(),
  atLeast: positive.optional(),
  timeout: duration.optional(),
  retry: retry.optional(),
  results: results.optional(),
  interrupts: interruptsSchema.optional(),
  events: eventNames,
  probes: probes.optional(),
  cases: z.record(text, caseSchema).refine(hasFields, 'expected at least one case'),
});

const postCode = z
  .number({ error: 'expected a code such as 0x60' })
  .int('expected a whole number')
  .min(0, 'expected a code from 0 to 0xff')
  .max(0xff, 'expected a code from 0 to 0xff');

export const bootStagesSchema = fields({
  needs: z.array(text).optional(),
  machine: machineOverrides.optional(),
  events: caseEvents,
  stages: z
    .array(
      fields({
        name: text,
        marker: z.union([pattern, text]).optional(),
        postCode: postCode.optional(),
        within: duration,
        means: text,
        look: text,
        interrupts: interruptsSchema.optional(),
        expectFailure: expectFailure.optional(),
      }).refine(
        ({ marker, postCode }) => marker !== undefined || postCode !== undefined,
        'expected a marker (a line that is printed), a postCode, or both',
      ),
    )
    .nonempty('expected at least one stage')
    .refine(
      (stages) => new Set(stages.map(({ name }) => name)).size === stages.length,
      'two stages have the same name',
    ),
});

export const configSchema = fields({
  targets: z
    .array(targetSchema)
    .nonempty('expected at least one target')
    .refine(
      (targets) => new Set(targets.map(({ name }) => name)).size === targets.length,
      'two targets have the same name',
    ),
  suites: z.array(text).nonempty().optional(),
  machines: z.record(text, machine).optional(),
  networks: z.record(text, network).optional(),
  disks: z.record(text, disk).optional(),
  accelerator: z.enum(accelerators).optional(),
  machinesAtOnce: positive.optional(),
  keepInterrupts: z.enum(interruptKeepings).optional(),
  reports: text.optional(),
});
