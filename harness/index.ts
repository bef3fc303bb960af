/** What a suite file imports: `import { defineSuite } from 'twinboot'`. */
export type {
  BootDeclaration,
  BootStagesDeclaration,
  CaseDeclaration,
  Duration,
  EventBounds,
  EventsDeclaration,
  InterruptBounds,
  InterruptsDeclaration,
  PerArch,
  ResultsDeclaration,
  StageDeclaration,
  SuiteDeclaration,
} from './suite/declaration.ts';
export type { TracedEvents } from './trace/events/event-tally.ts';
export type { InterruptProfile } from './trace/interrupt-count.ts';
export type { TableReading } from './trace/result-table.ts';
export type { RingReading } from './trace/ring.ts';
export { defineBoot } from './vitest/define-boot.ts';
export { defineSuite } from './vitest/define-suite.ts';
export { test } from './vitest/test.ts';
export type { CommandResult, TestConsole, TestMachine } from './vitest/test-machine.ts';
