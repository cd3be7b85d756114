import { Button } from '@blueprintjs/core';
import { places } from '../app/places.ts';
import { Source } from '../connectors/Source.tsx';
import { DateCell, FilterTabs, Money, PlaceLink, TimeCell } from '../kit/index.ts';
import { MatchCard } from '../statements/MatchCard.tsx';
import type { Story } from './Item.tsx';
import { t } from './messages.ts';
import { actionWord, kindWord, noticeWord, railWord } from './words.ts';

export const TABS = ['messages', 'match', 'line', 'entries', 'history'] as const;
export type Tab = (typeof TABS)[number];

/** What told of a payment, what it settled and why, its line, its entries, and what happened to it. */
export function Evidence({
  data,
  tab,
  onTab,
  onLine,
}: {
  readonly data: Story;
  readonly tab: Tab;
  readonly onTab: (tab: Tab) => void;
  /** Says that a line is the payment, or is not; absent where one may not. */
  readonly onLine: ((lineId: string) => void) | undefined;
}) {
  const { payment, line, candidates } = data;
  const count: Partial<Record<Tab, number>> = {
    messages: data.messages.length + data.notices.filter(toldByStatement).length,
    line: line === null ? candidates.length : 1,
    entries: data.entries.length,
    history: data.events.length,
  };
  return (
    <>
      <FilterTabs
        label={t('tab.label')}
        options={TABS.map((value) => ({ value, label: t(`tab.${value}`), count: count[value] }))}
        value={tab}
        onChange={onTab}
      />
      <div className="cs-evidence">
        {tab === 'messages' && <Messages data={data} />}
        {tab === 'match' && <MatchCard id={payment.lineId ?? payment.id} />}
        {tab === 'line' && <Lines data={data} onLine={onLine} />}
        {tab === 'entries' && <Entries entries={data.entries} />}
        {tab === 'history' && <History events={data.events} />}
      </div>
    </>
  );
}

function Messages({ data }: { readonly data: Story }) {
  return (
    <ol className="cs-instant-story" aria-label={t('tab.messages')}>
      {data.messages.map(({ messageNumber, kind, form, rail, source, receivedAtMs, record }) => (
        <li key={messageNumber}>
          <TimeCell atMs={receivedAtMs} />
          <span>
            <PlaceLink to={places.instantMessage(messageNumber)}>
              {t('message.kind', { kind, what: kindWord(kind) })}
            </PlaceLink>{' '}
            <span className="cs-muted">
              {t('message.came', { form: form.toUpperCase(), rail: railWord(rail) })}{' '}
              <Source source={source} />
            </span>{' '}
            <PlaceLink to={places.auditRecord(record)}>{t('message.record', { record })}</PlaceLink>
            {data.notices
              .filter((notice) => notice.messageNumber === messageNumber)
              .map((notice) => (
                <span key={`${notice.kind}/${notice.status}`} className="cs-instant-said">
                  <Said notice={notice} />{' '}
                  {notice.lineId !== null && (
                    <PlaceLink to={places.transaction(notice.lineId)}>{t('message.line')}</PlaceLink>
                  )}
                </span>
              ))}
          </span>
        </li>
      ))}
      {data.notices.filter(toldByStatement).map((notice) => (
        <li key={`line/${notice.lineId}`}>
          <DateCell date={notice.datedOn} />
          <span>
            <PlaceLink to={places.transaction(notice.lineId ?? '')}>{t('message.statement')}</PlaceLink>{' '}
            <span className="cs-instant-said">
              <Said notice={notice} />
            </span>
          </span>
        </li>
      ))}
    </ol>
  );
}

type Notice = Story['notices'][number];

/** No message told of it: a line of a statement is the return itself. */
const toldByStatement = ({ messageNumber }: Notice) => messageNumber === '0';

/** What was said of the payment: its status, its return, its recall. */
function Said({ notice }: { readonly notice: Notice }) {
  const { kind, status, reason, amountMinor, currency } = notice;
  return (
    <>
      {noticeWord(kind)} {[status, reason].filter((one) => one !== null).join(' ')}{' '}
      {amountMinor !== null && currency !== null && <Money amountMinor={amountMinor} currency={currency} />}
    </>
  );
}

function Lines({
  data,
  onLine,
}: {
  readonly data: Story;
  readonly onLine: ((id: string) => void) | undefined;
}) {
  const { line, candidates } = data;
  const shown = line === null ? candidates : [line];
  if (shown.length === 0) return <p className="cs-muted">{t('line.none')}</p>;
  return (
    <>
      <p className="cs-muted">
        {t(line === null ? 'line.candidates' : 'line.confirmed', { count: shown.length })}
      </p>
      <ul className="cs-instant-lines" aria-label={t('tab.line')}>
        {shown.map((one) => (
          <li key={one.id}>
            <DateCell date={one.bookingDate} />
            <span className="cs-instant-line-text">
              <PlaceLink to={places.transaction(one.id)}>
                {one.counterparty ?? one.remittance ?? t('line.open')}
              </PlaceLink>
            </span>
            <Money amountMinor={one.amountMinor} currency={one.currency} direction={one.direction} />
            {onLine && (
              <Button size="small" onClick={() => onLine(one.id)}>
                {t(line === null ? 'line.choose' : 'line.part')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function Entries({ entries }: { readonly entries: Story['entries'] }) {
  if (entries.length === 0) return <p className="cs-muted">{t('entries.none')}</p>;
  return (
    <table className="cs-plain-table cs-instant-entries">
      <thead>
        <tr>
          <th scope="col">{t('entries.entry')}</th>
          <th scope="col">{t('entries.account')}</th>
          <th scope="col" className="cs-end">
            {t('entries.amount')}
          </th>
        </tr>
      </thead>
      <tbody>
        {entries.flatMap((entry) =>
          entry.postings.map((posting, at) => (
            <tr key={`${entry.id}/${at + 1}`} className={at === 0 ? 'cs-instant-entry' : undefined}>
              <td>
                {at === 0 && (
                  <>
                    <DateCell date={entry.effectiveDate} />{' '}
                    <PlaceLink to={places.entry(entry.id)}>
                      {t(entry.reverses === null ? 'entries.open' : 'entries.reversal')}
                    </PlaceLink>
                  </>
                )}
              </td>
              <td>{posting.accountName}</td>
              <td className="cs-end">
                <Money amountMinor={posting.amountMinor} currency={posting.currency} />
              </td>
            </tr>
          )),
        )}
      </tbody>
    </table>
  );
}

function History({ events }: { readonly events: Story['events'] }) {
  return (
    <ol className="cs-instant-story" aria-label={t('tab.history')}>
      {events.map(({ atMs, action, record, messageNumber, lineId }, at) => (
        <li key={`${record}/${action}/${at + 1}`}>
          <TimeCell atMs={atMs} />
          <span>
            {actionWord(action)}{' '}
            {messageNumber !== null && (
              <PlaceLink to={places.instantMessage(messageNumber)}>
                {t('message.title', { number: messageNumber })}
              </PlaceLink>
            )}{' '}
            {lineId !== null && <PlaceLink to={places.transaction(lineId)}>{t('message.line')}</PlaceLink>}{' '}
            <PlaceLink to={places.auditRecord(record)}>{t('message.record', { record })}</PlaceLink>
          </span>
        </li>
      ))}
    </ol>
  );
}
