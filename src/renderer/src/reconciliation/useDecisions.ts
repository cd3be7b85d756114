import type { InferContractRouterInputs } from '@orpc/contract';
import type { contract } from '../../../contract/index.ts';
import { client, refetchRooms } from '../app/data.ts';
import { notify, notifyProblem } from '../kit/index.ts';
import { t } from './messages.ts';

type Inputs = InferContractRouterInputs<typeof contract>['reconciliation'];
export type ConfirmInput = Inputs['confirm'];

const ROOMS = ['reconciliation', 'statements', 'receivables', 'ledger', 'audit', 'dashboard'];

/**
 * What a person decides, sent at once and told when it stands. A refusal says why and changes
 * nothing; what was decided can be taken back from the notice.
 */
export function useDecisions() {
  const takeBack = async (bankTransactionId: string) => {
    try {
      await client.reconciliation.undo({ bankTransactionId });
      notify({ text: t('done.undone') });
    } catch (error) {
      notifyProblem(error);
    }
    refetchRooms(ROOMS);
  };
  const decide = async (act: () => Promise<{ bankTransactionId: string }>, text: string) => {
    try {
      const { bankTransactionId } = await act();
      notify({ text, tone: 'success', undo: () => void takeBack(bankTransactionId) });
    } catch (error) {
      notifyProblem(error);
    }
    refetchRooms(ROOMS);
  };
  return {
    confirm: (input: ConfirmInput) =>
      void decide(() => client.reconciliation.confirm(input), t('done.confirmed')),
    reject: (input: Inputs['reject']) =>
      void decide(() => client.reconciliation.reject(input), t('done.rejected')),
    undo: (input: Inputs['undo']) => void takeBack(input.bankTransactionId),
  };
}
