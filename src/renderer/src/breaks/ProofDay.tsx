import { Button } from '@blueprintjs/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Proof, ProofLine } from '../../../contract/breaks.ts';
import { client, orpc } from '../app/data.ts';
import { placeOf, places } from '../app/places.ts';
import { saveFile } from '../ceremonies/files.ts';
import {
  Card,
  DateCell,
  ErrorState,
  Figure,
  Iban,
  Money,
  notify,
  notifyProblem,
  Page,
  PlaceLink,
  Skeleton,
  useKeys,
  writeIban,
  writeMoney,
} from '../kit/index.ts';
import { Reveal, useRevealed } from '../privacy/reveal.tsx';
import { DayPicker, shift, today } from './days.tsx';
import { t } from './messages.ts';
import '../statements/statements.css';
import './breaks.css';

/** One account on one day, proven step by step; every number leads to where it comes from. */
export function ProofDay({ id, date }: { readonly id: string; readonly date: string | undefined }) {
  const router = useRouter();
  const day = date ?? today();
  const query = useQuery({
    ...orpc.breaks.proof.queryOptions({ input: { bankAccountId: id, date: day } }),
    placeholderData: keepPreviousData,
  });
  const masked = query.data;
  const proof = useRevealed('account', id, masked);
  const goTo = (next: string) => {
    if (next > today()) return false;
    router.history.replace(places.proof(id, next));
    return true;
  };
  const save = async () => {
    try {
      const { fileName, csv } = await client.breaks.exportProof({ bankAccountId: id, date: day });
      saveFile(fileName, new Blob([csv], { type: 'text/csv' }));
      notify({ text: t('proof.exported', { name: fileName }), tone: 'success' });
    } catch (error) {
      notifyProblem(error);
    }
  };
  useKeys(t('proof.keys'), [
    { combo: '[', label: t('proof.keys.previous'), run: () => goTo(shift(day, -1)) },
    { combo: ']', label: t('proof.keys.next'), run: () => goTo(shift(day, 1)) },
    { combo: 'x', label: t('proof.keys.export'), run: () => void save() },
  ]);
  return (
    <Page
      title={t('proof.accountTitle', { date: day })}
      trail={<PlaceLink to={places.proofs(day)}>{t('proof.title')}</PlaceLink>}
      body="scroll"
      actions={
        <>
          <Reveal kind="account" id={id} of={masked} />
          <DayPicker date={day} onChange={goTo} />
          <Button size="small" disabled={proof === undefined} onClick={() => void save()}>
            {t('proof.export')}
          </Button>
        </>
      }
    >
      <div className="cs-proof">
        {query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
        {query.isPending && <Skeleton lines={10} />}
        {proof && !query.isError && <Proven proof={proof} />}
      </div>
    </Page>
  );
}

function Proven({ proof }: { readonly proof: Proof }) {
  const { bankDate, date } = proof;
  return (
    <>
      <p>
        <PlaceLink to={places.bankAccount(proof.bankAccountId)} label={writeIban(proof.accountNumber)}>
          <Iban account={proof.accountNumber} />
        </PlaceLink>{' '}
        <span className="cs-muted">{t('proof.knownAt', { record: proof.knownAt })}</span>
      </p>
      <Verdict proof={proof} />
      {bankDate !== null && bankDate < date && (
        <p className="cs-note--warn">{t('proof.older', { date: bankDate })}</p>
      )}
      <Card title={t('proof.figures')}>
        <Steps proof={proof} />
      </Card>
      <Card title={t('proof.explaining')}>
        <Lines proof={proof} />
      </Card>
    </>
  );
}

function Verdict({ proof }: { readonly proof: Proof }) {
  const { unexplainedMinor, currency, lineCount } = proof;
  const isBad = unexplainedMinor !== null && unexplainedMinor !== 0n;
  const words =
    unexplainedMinor === null
      ? t('proof.verdict.none')
      : isBad
        ? t('proof.verdict.broken', { amount: writeMoney(unexplainedMinor, currency) })
        : t(lineCount === 0 ? 'proof.verdict.equal' : 'proof.verdict.proven');
  const tone = unexplainedMinor === null ? '' : isBad ? 'cs-proof-verdict--bad' : 'cs-proof-verdict--good';
  return (
    <p className={`cs-proof-verdict ${tone}`} role="status">
      <strong>
        <span aria-hidden="true">{unexplainedMinor === null ? '–' : isBad ? '✕' : '✓'}</span> {words}
      </strong>
    </p>
  );
}

function Steps({ proof }: { readonly proof: Proof }) {
  const { currency, ledgerAccountId, date, bankStatementId, bankDate } = proof;
  const toLedger = places.account(ledgerAccountId, { to: date });
  const row = (label: string, minor: bigint | null, to: string | null = null, isSum = false): ReactNode => {
    const money = minor === null ? '–' : <Money amountMinor={minor} currency={currency} />;
    return (
      <tr key={label} className={isSum ? 'cs-proof-sum' : undefined}>
        <th scope="row">{label}</th>
        <td className="cs-end">{to === null || minor === null ? money : <Figure to={to}>{money}</Figure>}</td>
      </tr>
    );
  };
  return (
    <table className="cs-plain-table cs-proof-steps" aria-label={t('proof.figures')}>
      <tbody>
        {row(t('proof.row.ledger'), proof.ledgerMinor, toLedger)}
        {row(t('proof.row.breaks'), -proof.breaksMinor, places.breaks({ status: 'all' }))}
        {row(t('proof.row.inTransit'), proof.inTransitMinor)}
        {row(t('proof.row.books'), proof.booksMinor, null, true)}
        {row(
          t('proof.row.bank', { date: bankDate ?? '–' }),
          proof.bankMinor,
          bankStatementId === null ? null : places.statement(bankStatementId),
        )}
        {row(t('proof.row.gap'), proof.gapMinor, null, true)}
        {row(t('proof.row.explained'), proof.explainedMinor)}
        {row(t('proof.row.unexplained'), proof.unexplainedMinor, null, true)}
      </tbody>
    </table>
  );
}

function Lines({ proof }: { readonly proof: Proof }) {
  if (proof.lines.length === 0) return <p className="cs-card-note cs-muted">{t('proof.noLines')}</p>;
  return (
    <table className="cs-plain-table" aria-label={t('proof.explaining')}>
      <thead>
        <tr>
          <th scope="col">{t('proof.what')}</th>
          <th scope="col">{t('proof.date')}</th>
          <th scope="col">{t('proof.source')}</th>
          <th scope="col" className="cs-end">
            {t('proof.amount')}
          </th>
        </tr>
      </thead>
      <tbody>
        {proof.lines.map((line, at) => (
          <tr key={`${line.kind} ${line.source.kind} ${line.source.id} ${at}`}>
            <th scope="row">{t(`proof.line.${line.kind}`, { count: line.count })}</th>
            <td>
              <DateCell date={line.date} />
            </td>
            <td>
              <Source line={line} />
            </td>
            <td className="cs-end">
              <Money amountMinor={line.amountMinor} currency={proof.currency} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Source({ line: { source, breakId } }: { readonly line: ProofLine }) {
  const to = placeOf(source);
  const key = `proof.source.${source.kind}`;
  const word = t.has(key) ? t(key) : source.kind;
  return (
    <>
      {to === null ? word : <PlaceLink to={to}>{word}</PlaceLink>}
      {breakId !== null && (
        <>
          {' · '}
          <PlaceLink to={places.breaks({ status: 'all', item: breakId })}>
            {t('proof.break', { id: breakId })}
          </PlaceLink>
        </>
      )}
    </>
  );
}
