import type { ApprovalDetail } from '../../../contract/approvals.ts';
import { bringAgain, commandIn } from '../kit/index.ts';
import { placeOfCommand } from './reading.ts';

/** Carries an approved command back to the dialog that sends it. */
export function bring(
  { procedure, raw }: Pick<ApprovalDetail, 'procedure' | 'raw'>,
  push: (to: string) => void,
): void {
  const to = placeOfCommand(procedure);
  if (to === null) return;
  bringAgain(commandIn(raw));
  push(to);
}
