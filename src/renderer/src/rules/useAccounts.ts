import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Account } from '../../../contract/ledger.ts';
import { orpc } from '../app/data.ts';
import { engineWords } from '../kit/index.ts';
import { type AccountNames, bankName } from './words.ts';

export interface KnownAccounts {
  readonly names: AccountNames;
  readonly bank: readonly { readonly id: string; readonly name: string; readonly currency: string }[];
  /** Accounts that a rule may book to. */
  readonly bookable: readonly Account[];
}

/** Own bank accounts and ledger accounts, by the names that people know them under. */
export function useAccounts(): KnownAccounts {
  const own = useQuery(orpc.statements.bankAccounts.queryOptions()).data;
  const ledger = useQuery(orpc.ledger.accounts.queryOptions()).data;
  return useMemo(() => {
    const bank = (own ?? []).map(({ id, number, currency }) => ({
      ...{ id, currency },
      name: `${bankName(number)} ${currency}`,
    }));
    const named = ({ code, name }: Account) => `${code} ${engineWords(name)}`;
    return {
      bank,
      bookable: (ledger ?? []).filter(
        ({ kind, postable, closed }) => postable && !closed && (kind === 'income' || kind === 'expense'),
      ),
      names: {
        bank: (id) => bank.find((one) => one.id === id)?.name ?? id,
        ledger(id) {
          const account = ledger?.find((one) => one.id === id);
          return account ? named(account) : id;
        },
      },
    };
  }, [own, ledger]);
}
