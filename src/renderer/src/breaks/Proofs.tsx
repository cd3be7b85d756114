import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import type { ProofFigures } from '../../../contract/breaks.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  type Column,
  countColumn,
  DataTable,
  dateColumn,
  EmptyState,
  Iban,
  Money,
  moneyColumn,
  Page,
  PlaceLink,
  rowsOf,
  Skeleton,
  StatusTag,
  useKeys,
} from '../kit/index.ts';
import { DayPicker, shift, today } from './days.tsx';
import { t } from './messages.ts';
import '../statements/statements.css';
import './breaks.css';

/** Every account on one day: the ledger against the bank, and what is left over. */
export function Proofs({ date }: { readonly date: string | undefined }) {
  const router = useRouter();
  const accounts = useQuery({ ...orpc.statements.bankAccounts.queryOptions(), enabled: date === undefined });
  // Where nobody names a day, the newest that a bank has stated is the one to prove.
  const newest = (accounts.data ?? []).reduce((latest, { bankDate }) => {
    return bankDate !== null && bankDate > latest && bankDate <= today() ? bankDate : latest;
  }, '');
  const day = date ?? (accounts.data === undefined ? undefined : newest || today());
  const query = useQuery({
    ...orpc.breaks.proofs.queryOptions({ input: { date: day ?? '' } }),
    enabled: day !== undefined,
    placeholderData: keepPreviousData,
  });
  const goTo = (next: string) => {
    if (next <= today()) router.history.replace(places.proofs(next));
  };
  useKeys(t('proof.keys'), [
    { combo: '[', label: t('proof.keys.previous'), run: () => day !== undefined && goTo(shift(day, -1)) },
    { combo: ']', label: t('proof.keys.next'), run: () => day !== undefined && goTo(shift(day, 1)) },
  ]);
  return (
    <Page
      title={t('proof.title')}
      trail={<PlaceLink to={places.breaks()}>{t('title')}</PlaceLink>}
      actions={day !== undefined && <DayPicker date={day} onChange={goTo} />}
    >
      {day === undefined ? (
        <Skeleton lines={6} />
      ) : (
        <DataTable
          label={t('proof.list')}
          columns={columns}
          rows={rowsOf(query, (rows) => rows)}
          rowKey={(row) => row.bankAccountId}
          onOpen={(row) => router.history.push(proofOf(row))}
          empty={
            <EmptyState
              title={t('proof.emptyTitle')}
              text={t('proof.emptyText')}
              actions={<PlaceLink to={places.importFiles()}>{t('proof.import')}</PlaceLink>}
            />
          }
        />
      )}
    </Page>
  );
}

const proofOf = (row: ProofFigures) => places.proof(row.bankAccountId, row.date);

const columns: readonly Column<ProofFigures>[] = [
  {
    id: 'number',
    header: () => t('proof.number'),
    width: 150,
    grow: 1,
    cell: (row) => (
      <PlaceLink to={proofOf(row)}>
        <Iban account={row.accountNumber} masked />
      </PlaceLink>
    ),
    sort: (row) => row.accountNumber,
  },
  moneyColumn({
    id: 'ledger',
    header: () => t('proof.ledger'),
    width: 160,
    minor: (row) => row.ledgerMinor,
    to: (row) => places.account(row.ledgerAccountId, { to: row.date }),
  }),
  moneyColumn({
    id: 'bank',
    header: () => t('proof.bank'),
    width: 160,
    minor: (row) => row.bankMinor,
    to: (row) => places.statement(row.bankStatementId!),
    none: () => t('proof.noBank'),
  }),
  dateColumn({ id: 'date', header: () => t('proof.bankDate'), width: 96, of: (row) => row.bankDate }),
  moneyColumn({
    id: 'difference',
    header: () => t('proof.difference'),
    width: 124,
    minor: (row) => row.differenceMinor,
    to: proofOf,
    zero: () => t('proof.agrees'),
  }),
  moneyColumn({
    id: 'gap',
    header: () => t('proof.gap'),
    width: 136,
    minor: (row) => row.gapMinor,
    to: proofOf,
    zero: () => '0',
  }),
  countColumn({ id: 'lines', header: () => t('proof.lines'), width: 56, of: (row) => row.lineCount }),
  {
    id: 'unexplained',
    header: () => t('proof.unexplained'),
    width: 132,
    align: 'end',
    cell: (row) =>
      row.unexplainedMinor === 0n ? (
        <StatusTag status="verified" label={t('proof.proven')} />
      ) : row.unexplainedMinor === null ? (
        <span className="cs-muted">–</span>
      ) : (
        <>
          <StatusTag status="broken" label="" />
          <Money amountMinor={row.unexplainedMinor} currency={row.currency} />
        </>
      ),
    sort: (row) => row.unexplainedMinor ?? 0n,
  },
];
