import type { RenderedCommand } from '../../contract/approvals.ts';
import type { Money } from '../../contract/common.ts';

/** What of a command limits and thresholds count. */
export interface Facts {
  readonly amounts: readonly Money[];
  readonly count: number;
}

/** What a governed command is about; handed in by the engine, one a procedure. */
export interface Act {
  /** Whether this very command is governed: an undo only of a cleared match. Always where left out. */
  isGoverned?(input: unknown): boolean;
  facts(input: unknown): Facts;
  /** For people, before and after, from the vault as it stands; never a secret. */
  render(input: unknown): RenderedCommand;
  /** Whether the maker must bring a secret or a file anew, since no request may hold it. */
  readonly bringsAnew?: boolean | ((input: unknown) => boolean);
}

/** The act of a procedure; the engine has a default one for procedures without a description. */
export type ActOf = (procedure: string) => Act;
