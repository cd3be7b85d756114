/** What a dry run found: counts, money, and every line with the way to its source. */
import type { RuleTrial, rules, TrialLine } from '../../../contract/rules.ts';
import { places } from '../app/places.ts';
import { type Column, DataTable, DateCell, fixedRows, Money, PlaceLink } from '../kit/index.ts';
import { t } from './messages.ts';
import { contradictionWords } from './words.ts';

type Figure = RuleTrial['figures'][number];
type Found = NonNullable<(typeof rules.dryRun)['~orpc']['outputSchema']>['_zod']['output'];

const figureColumns: readonly Column<Figure>[] = [
  {
    id: 'effect',
    header: () => t('trial.effect'),
    width: 180,
    grow: 1,
    cell: ({ effect }) => t(`effect.${effect}`),
  },
  {
    id: 'count',
    header: () => t('trial.count'),
    width: 80,
    align: 'end',
    cell: ({ count }) => count.toLocaleString(),
  },
  {
    id: 'amount',
    header: () => t('trial.amount'),
    width: 160,
    align: 'end',
    cell: ({ amountMinor, currency }) => <Money amountMinor={amountMinor} currency={currency} />,
  },
];

const lineColumns: readonly Column<TrialLine>[] = [
  {
    id: 'line',
    header: () => t('trial.line'),
    width: 80,
    cell: ({ bankTransactionId }) => (
      <PlaceLink to={places.transaction(bankTransactionId)}>{bankTransactionId}</PlaceLink>
    ),
  },
  {
    id: 'date',
    header: () => t('trial.date'),
    width: 100,
    cell: ({ bookingDate }) => <DateCell date={bookingDate} />,
  },
  {
    id: 'effect',
    header: () => t('trial.effect'),
    width: 160,
    grow: 1,
    cell: ({ effect }) => t(`effect.${effect}`),
  },
  {
    id: 'amount',
    header: () => t('trial.amount'),
    width: 160,
    align: 'end',
    cell: ({ amountMinor, currency }) => <Money amountMinor={amountMinor} currency={currency} />,
  },
];

export function TrialPanel({ found }: { readonly found: Found }) {
  const { trial, lines, moreLines, contradictions } = found;
  const { from, to, considered, holds, untouched, elsewhere, figures } = trial;
  const sentences = [
    t('trial.span', { from, to, considered }),
    ...(holds === null ? [] : [t('trial.holds', { count: holds })]),
    ...(untouched === 0 ? [] : [t('trial.untouched', { count: untouched })]),
    ...(elsewhere === 0 ? [] : [t('trial.elsewhere', { count: elsewhere })]),
  ];
  return (
    <div className="cs-rule-trial">
      <p>{sentences.join(' ')}</p>
      {contradictions.map((one) => (
        <p key={`${one.rule} ${one.other} ${one.why}`} className="cs-rule-dormant">
          {contradictionWords(one, one.other)}
        </p>
      ))}
      {figures.length === 0 ? (
        <p>
          <strong>{t('trial.nothing')}</strong>
        </p>
      ) : (
        <>
          <div className="cs-rule-figures">
            <DataTable
              label={t('trial.figures')}
              columns={figureColumns}
              rows={fixedRows(figures)}
              rowKey={({ effect, currency }) => `${effect} ${currency}`}
              primary={false}
              bare
            />
          </div>
          <h3>{t('trial.lines')}</h3>
          <div className="cs-rule-lines">
            <DataTable
              label={t('trial.lines')}
              columns={lineColumns}
              rows={fixedRows(lines)}
              rowKey={({ bankTransactionId }) => bankTransactionId}
              primary={false}
              bare
            />
          </div>
          {moreLines > 0 && (
            <p className="cs-muted">{t('trial.more', { count: moreLines.toLocaleString() })}</p>
          )}
        </>
      )}
    </div>
  );
}
