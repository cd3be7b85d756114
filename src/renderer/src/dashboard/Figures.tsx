import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { DashboardFigures } from '../../../contract/dashboard.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import { Figure, Money, writeMoney, writePercent } from '../kit/index.ts';
import { t } from './messages.ts';

type Amounts = DashboardFigures['cashNow'];

const SHOWN_CURRENCIES = 3;

/** The four figures across; each leads to what it is made of. */
export function Figures({
  figures,
  currency,
}: {
  readonly figures: DashboardFigures;
  readonly currency: string;
}) {
  const accounts = useQuery(orpc.statements.bankAccounts.queryOptions());
  const { matched, transactions } = figures.matchRate;
  const overdue = figures.ageing
    .filter(({ bucket }) => bucket !== 'not-due')
    .reduce((sum, { count }) => sum + count, 0);
  const unapplied = inOrder(figures.unappliedCash, currency);
  return (
    <div className="cs-figures">
      <FigureCard
        label={t('figure.cash')}
        to={places.statements()}
        amounts={inOrder(figures.cashNow, currency)}
        note={
          accounts.data ? (
            <Figure to={places.proofs()}>{t('figure.cashNote', { count: accounts.data.length })}</Figure>
          ) : (
            ''
          )
        }
      />
      <FigureCard
        label={t('figure.reconciled')}
        to={places.reconciliation({ status: 'auto' })}
        amounts={inOrder(figures.reconciledValue, currency)}
        note={
          transactions === 0
            ? t('figure.reconciledNone')
            : t('figure.reconciledNote', {
                matched,
                transactions,
                rate: writePercent(matched / transactions),
              })
        }
      />
      <FigureCard
        label={t('figure.open')}
        to={places.openItems()}
        amounts={inOrder(figures.openItems.value, currency)}
        note={t('figure.openNote', { count: figures.openItems.count, overdue })}
      />
      <FigureCard
        label={t('figure.held')}
        to={places.reconciliation({ status: 'quarantined' })}
        amounts={inOrder(figures.held, currency)}
        note={
          unapplied.length === 0 ? (
            t('figure.heldNone')
          ) : (
            <Figure to={places.reconciliation({ status: 'unmatched' })}>
              {t('figure.heldNote', {
                amount: unapplied.map((one) => writeMoney(one.amountMinor, one.currency)).join(', '),
              })}
            </Figure>
          )
        }
      />
    </div>
  );
}

function FigureCard({
  label,
  to,
  amounts,
  note,
}: {
  readonly label: string;
  readonly to: string;
  readonly amounts: Amounts;
  readonly note: ReactNode;
}) {
  const [first, ...rest] = amounts;
  const shown = rest.slice(0, SHOWN_CURRENCIES - 1);
  const hidden = rest.length - shown.length;
  return (
    <section className="cs-card cs-figure-card" aria-label={label}>
      <h2>{label}</h2>
      <div className="cs-figure-main">
        {first ? (
          <Figure to={to}>
            <Money {...first} />
          </Figure>
        ) : (
          <Figure to={to}>{t('figure.none')}</Figure>
        )}
      </div>
      <div className="cs-figure-rest">
        {shown.map((amount) => (
          <Money key={amount.currency} {...amount} />
        ))}
        {hidden > 0 && <span className="cs-muted">{t('figure.more', { count: hidden })}</span>}
      </div>
      <p className="cs-muted cs-figure-note">{note}</p>
    </section>
  );
}

/** The chosen currency first, the others as they come; those that are zero are left out. */
function inOrder(amounts: Amounts, currency: string): Amounts {
  const present = amounts.filter((amount) => amount.amountMinor !== 0n);
  return [
    ...present.filter((amount) => amount.currency === currency),
    ...present.filter((amount) => amount.currency !== currency),
  ];
}
