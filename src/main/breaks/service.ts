/** The room's shell: what the contract and other rooms may ask of breaks. */
import { createIdMaker } from '../base/index.ts';
import { createActs, type PersonActs } from './acts.ts';
import { type Attaching, createAttaching } from './attaching.ts';
import { type BreaksContext, type BreaksOptions, todayOf } from './context.ts';
import { createProofReading, type ProofReading } from './proof-reading.ts';
import { type BreakReading, createReading } from './reading.ts';
import { createBreaksStore } from './store.ts';
import { createSweep, type SweepResult } from './sweep.ts';
import { type BreaksCheck, verifyBreaks } from './verify.ts';
import { createWritingOff, type WritingOff } from './writing-off.ts';

export interface Breaks extends BreakReading, PersonActs, ProofReading, Omit<WritingOff, 'causeOf'> {
  readonly attaching: Attaching;
  /** Holds the sources against what is known; what changed is written. */
  sweep(signal?: AbortSignal): Promise<SweepResult>;
  /** The law check: every state follows from its history. */
  verifyStates(): Promise<BreaksCheck>;
}

/** Business days that a line may stand unexplained where the desk has said nothing else. */
const UNMATCHED_AFTER_DAYS = 3;

/** Opens the room on a vault. */
export function createBreaks(options: BreaksOptions): Breaks {
  const { vault, runtime } = options;
  const store = createBreaksStore(vault.db);
  const today = todayOf(runtime);
  const unmatchedAfterDays = () => store.unmatchedAfterDays() ?? UNMATCHED_AFTER_DAYS;
  const context: BreaksContext = {
    ...options,
    store,
    today,
    unmatchedAfterDays,
    sources: options.sources({ today, unmatchedAfterDays }),
    newId: createIdMaker(runtime),
  };
  const attaching = createAttaching(context);
  return {
    ...createReading(context, attaching),
    ...createActs(context),
    ...createProofReading(context),
    ...createWritingOff(context),
    attaching,
    sweep: createSweep(context),
    verifyStates: () => verifyBreaks(context),
  };
}
