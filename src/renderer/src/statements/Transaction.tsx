import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatAmount } from '../../../contract/money.ts';
import type { TransactionDetail } from '../../../contract/statements.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  Card,
  DateCell,
  ErrorState,
  Facts,
  FilterTabs,
  Iban,
  Money,
  Page,
  PlaceLink,
  Skeleton,
  SourceView,
  useKeys,
  writeMoney,
} from '../kit/index.ts';
import { t as privacyText } from '../privacy/messages.ts';
import { Reveal, useMay, useRevealed } from '../privacy/reveal.tsx';
import { MatchCard } from './MatchCard.tsx';
import { t } from './messages.ts';
import { LineState } from './transactionColumns.tsx';
import './statements.css';

const FIELDS = ['amount', 'date', 'counterparty', 'remittance', 'reference'] as const;
type Field = (typeof FIELDS)[number];

const isField = (text: string): text is Field => FIELDS.some((field) => field === text);

/** One line of a statement: who, how much, what for, what it settled, and the bytes it came in. */
export function Transaction({ id, field }: { readonly id: string; readonly field: string }) {
  const router = useRouter();
  const detail = useQuery(orpc.statements.transaction.queryOptions({ input: { id } }));
  const standsFor = useStandsFor(detail.data);
  const decidedOn = standsFor?.id ?? id;
  // The message stands below the match: it waits for it, so that nothing jumps.
  const match = useQuery(orpc.reconciliation.item.queryOptions({ input: { bankTransactionId: decidedOn } }));
  const chosen: Field = isField(field) ? field : 'amount';
  const show = (next: Field) => router.history.replace(places.transaction(id, next));
  useKeys(t('keys.group'), [
    {
      combo: 'm',
      label: t('keys.match'),
      run: () => router.history.push(places.reconciliation({ item: decidedOn })),
    },
    {
      combo: 'f',
      label: t('keys.next'),
      run: () => show(FIELDS[(FIELDS.indexOf(chosen) + 1) % FIELDS.length]!),
    },
  ]);
  const data = useRevealed('bank-transaction', id, detail.data);
  return (
    <Page
      title={
        data
          ? t('transaction.title', {
              direction: data.direction,
              amount: writeMoney(data.amountMinor, data.currency),
            })
          : t('transaction.label')
      }
      trail={
        <>
          <PlaceLink to={places.statements()}>{t('title')}</PlaceLink>
          {data && (
            <PlaceLink to={places.statement(data.statementId)}>{t('transaction.statement')}</PlaceLink>
          )}
        </>
      }
      actions={
        <>
          <Reveal kind="bank-transaction" id={id} of={detail.data} />
          {data?.messageType === 'instant' && (
            <PlaceLink to={places.instant({ item: id })} className="bp6-button bp6-small">
              {t('transaction.instant')}
            </PlaceLink>
          )}
          <PlaceLink to={places.reconciliation({ item: decidedOn })} className="bp6-button bp6-small">
            {t('transaction.reconcile')}
          </PlaceLink>
        </>
      }
      body="scroll"
    >
      {detail.isError && <ErrorState error={detail.error} onRetry={() => void detail.refetch()} />}
      {detail.isPending && <Skeleton lines={10} />}
      {data && (
        <div className="cs-transaction">
          <div className="cs-stack">
            <PaymentCard data={{ ...data, status: standsFor?.status ?? data.status }} />
            <PartiesCard data={data} />
          </div>
          <div className="cs-stack">
            <MatchCard id={decidedOn} />
            {!match.isPending && <SourceCard id={id} data={data} field={chosen} onField={show} />}
          </div>
        </div>
      )}
    </Page>
  );
}

/** Of a payment that a single message told of: where it is decided, its line or the payment it turned out to be. */
function useStandsFor(data: TransactionDetail | undefined) {
  const payment = useQuery({
    ...orpc.instant.payment.queryOptions({ input: { paymentId: data?.id ?? '' } }),
    enabled: data?.messageType === 'instant',
  });
  if (data?.messageType !== 'instant' || !payment.data) return undefined;
  const { id, lineId, status } = payment.data.payment;
  return { id: lineId ?? id, status };
}

function PaymentCard({ data }: { readonly data: TransactionDetail }) {
  return (
    <Card title={t('transaction.payment')}>
      <div className="cs-card-body">
        <Facts
          facts={[
            [
              t('transaction.amount'),
              <Money
                key="amount"
                amountMinor={data.amountMinor}
                currency={data.currency}
                direction={data.direction}
              />,
            ],
            [t('transaction.state'), <LineState key="state" row={data} />],
            [
              t('transaction.account'),
              <PlaceLink key="account" to={places.bankAccountDay(data.bankAccountId, data.bookingDate)}>
                <Iban account={data.accountNumber} />
              </PlaceLink>,
            ],
            [t('transaction.booked'), <DateCell key="booked" date={data.bookingDate} />],
            [t('transaction.value'), <DateCell key="value" date={data.valueDate} />],
            [t('transaction.remittance'), data.remittance],
            [t('transaction.references'), data.structuredReferences.join(', ')],
            [t('transaction.endToEnd'), data.endToEndId],
            [t('transaction.servicer'), data.accountServicerReference],
            [t('transaction.uetr'), data.uetr],
            [t('transaction.mandate'), data.mandateId],
            [t('transaction.code'), data.bankTransactionCode],
            [t('transaction.instructed'), data.instructed && <Money key="instructed" {...data.instructed} />],
            [t('transaction.rate'), data.exchangeRate],
            [t('transaction.charges'), data.charges.length > 0 ? <Charges charges={data.charges} /> : null],
            [t('transaction.info'), data.additionalInfo],
            [
              t('transaction.entries'),
              data.journalEntryIds.length === 0 ? (
                <span className="cs-muted">{t('transaction.noEntries')}</span>
              ) : (
                <span className="cs-lines">
                  {data.journalEntryIds.map((entryId) => (
                    <PlaceLink key={entryId} to={places.entry(entryId)}>
                      {entryId}
                    </PlaceLink>
                  ))}
                </span>
              ),
            ],
          ]}
        />
      </div>
    </Card>
  );
}

function Charges({ charges }: { readonly charges: TransactionDetail['charges'] }) {
  return (
    <span className="cs-lines">
      {charges.map((charge, index) => (
        <span key={`${charge.currency}-${index + 1}`}>
          <Money amountMinor={charge.amountMinor} currency={charge.currency} direction={charge.direction} />{' '}
          <span className="cs-muted">
            {t(charge.included ? 'transaction.included' : 'transaction.extra')}
          </span>
        </span>
      ))}
    </span>
  );
}

type Party = NonNullable<TransactionDetail['debtor']>;

function PartiesCard({ data }: { readonly data: TransactionDetail }) {
  const parties: readonly (readonly [string, Party | null])[] = [
    [t('transaction.debtor'), data.debtor],
    [t('transaction.ultimateDebtor'), data.ultimateDebtor],
    [t('transaction.creditor'), data.creditor],
    [t('transaction.ultimateCreditor'), data.ultimateCreditor],
  ];
  return (
    <Card title={t('transaction.parties')}>
      <div className="cs-card-body">
        <Facts
          facts={parties.map(([role, party]): readonly [string, ReactNode] => [
            role,
            party && (
              <span className="cs-lines">
                {party.name && <span>{party.name}</span>}
                {party.account && <Iban account={party.account} />}
                {(party.bic ?? party.country) && (
                  <span className="cs-muted">{[party.bic, party.country].filter(Boolean).join(' · ')}</span>
                )}
              </span>
            ),
          ])}
        />
      </div>
    </Card>
  );
}

function SourceCard({
  id,
  data,
  field,
  onField,
}: {
  readonly id: string;
  readonly data: TransactionDetail;
  readonly field: Field;
  readonly onField: (field: Field) => void;
}) {
  const maySee = useMay('see-parties');
  const source = useQuery({
    ...orpc.statements.source.queryOptions({ input: { transactionId: id, field } }),
    enabled: maySee,
  });
  return (
    <Card
      title={t('transaction.source')}
      controls={
        <FilterTabs
          label={t('field.label')}
          options={FIELDS.map((value) => ({ value, label: t(`field.${value}`) }))}
          value={field}
          onChange={onField}
        />
      }
    >
      <div className="cs-card-body">
        {source.isError && <ErrorState error={source.error} onRetry={() => void source.refetch()} />}
        {!maySee && <p className="cs-muted">{privacyText('source.masked')}</p>}
        {maySee && source.isPending && <Skeleton lines={8} />}
        {source.data && <SourceView excerpt={source.data} candidates={candidatesOf(data, field)} />}
      </div>
    </Card>
  );
}

/** How camt and MT write the value of a field. */
export function candidatesOf(data: TransactionDetail, field: Field): string[] {
  switch (field) {
    case 'amount': {
      const plain = formatAmount(data.amountMinor, data.currency);
      const comma = plain.replace('.', ',');
      const short = plain.replace(/\.?0+$/, '');
      return [plain, comma, comma.replace(/0+$/, ''), short];
    }
    case 'date': {
      const [year = '', month = '', day = ''] = data.bookingDate.split('-');
      const value = data.valueDate?.replaceAll('-', '').slice(2) ?? '';
      return [data.bookingDate, `${year.slice(2)}${month}${day}`, value];
    }
    case 'counterparty': {
      const parties = data.direction === 'credit' ? [data.debtor, data.ultimateDebtor] : [data.creditor];
      const names = [data.counterparty, ...parties.map((party) => party?.name)];
      return names.flatMap((name) =>
        name ? [name, escapeXml(name), name.slice(0, 20), name.slice(0, 12)] : [],
      );
    }
    case 'remittance': {
      const text = data.remittance ?? '';
      return [text, escapeXml(text), ...data.structuredReferences, text.slice(0, 25), text.slice(0, 12)];
    }
    case 'reference':
      return [data.accountServicerReference ?? '', data.endToEndId ?? '', data.uetr ?? ''];
  }
}

const escapeXml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
