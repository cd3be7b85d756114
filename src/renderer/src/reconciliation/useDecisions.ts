import type { InferContractRouterInputs } from '@orpc/contract';
import type { contract } from '../../../contract/index.ts';
import { client, refetchRooms } from '../app/data.ts';
import { clearNotices, notify, notifyProblem } from '../kit/index.ts';
import { t } from './messages.ts';

type Inputs = InferContractRouterInputs<typeof contract>['reconciliation'];
export type ConfirmInput = Inputs['confirm'];

/** Rooms whose answers a decision changes. */
export const MATCHING_ROOMS = ['reconciliation', 'statements', 'receivables', 'ledger', 'audit', 'dashboard'];

/**
 * What a person decides, sent at once. A refusal takes the notice away, says why and changes nothing;
 * what was decided can be taken back from the notice.
 */
export function useDecisions() {
  const takeBack = async (bankTransactionId: string) => {
    try {
      await client.reconciliation.undo({ bankTransactionId });
      notify({ text: t('done.undone') });
    } catch (error) {
      notifyProblem(error);
    }
    refetchRooms(MATCHING_ROOMS);
  };
  const decide = async (
    act: () => Promise<{ bankTransactionId: string }>,
    text: string,
    onRefused: (() => void) | undefined,
  ) => {
    const decided = act();
    // The notice stands at once, so that an undo that is quicker than the engine's answer takes back
    // this decision and not the one before.
    const undo = () =>
      void decided.then(
        ({ bankTransactionId }) => takeBack(bankTransactionId),
        () => undefined,
      );
    notify({ text, tone: 'success', undo });
    try {
      await decided;
    } catch (error) {
      clearNotices();
      notifyProblem(error);
      onRefused?.();
    }
    refetchRooms(MATCHING_ROOMS);
  };
  return {
    /** `onRefused` brings the line back into view: what was decided on it does not stand. */
    confirm: (input: ConfirmInput, onRefused?: () => void) =>
      void decide(() => client.reconciliation.confirm(input), t('done.confirmed'), onRefused),
    reject: (input: Inputs['reject'], onRefused?: () => void) =>
      void decide(() => client.reconciliation.reject(input), t('done.rejected'), onRefused),
    undo: (input: Inputs['undo']) => void takeBack(input.bankTransactionId),
  };
}
