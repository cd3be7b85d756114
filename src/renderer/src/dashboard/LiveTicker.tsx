/**
 * The newest messages. The rows stay where they are and change their words: at a thousand messages a second no
 * element is made or moved, so that the page keeps its sixty frames.
 */
import { memo } from 'react';
import type { LiveEvent } from '../../../contract/connectors.ts';
import { places } from '../app/places.ts';
import { railWord } from '../instant/words.ts';
import { Figure, Money, PlaceLink, StatusTag, useLanguage, writeTimestamp } from '../kit/index.ts';
import { writeMs } from './liveWords.ts';
import { t } from './messages.ts';

const ROWS = 7;

/** Shape and colour of what became of a message, from the kit's states. */
const STATES: Readonly<Record<LiveEvent['outcome'], string>> = {
  matched: 'auto',
  'part-matched': 'suggested',
  'for-people': 'unmatched',
  duplicate: 'duplicate',
  returned: 'voided',
  noted: 'low',
  'dead-lettered': 'failed',
};

export function LiveTicker({
  events,
  total,
}: {
  readonly events: readonly LiveEvent[];
  readonly total: number;
}) {
  const language = useLanguage();
  const shown = events.slice(0, ROWS);
  return (
    <div className="cs-live-ticker">
      <table className="cs-plain-table">
        <caption className="cs-hidden">{t('live.latest')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('live.time')}</th>
            <th scope="col">{t('live.rail')}</th>
            <th scope="col" className="cs-end">
              {t('live.amount')}
            </th>
            <th scope="col">{t('live.outcome')}</th>
            <th scope="col" className="cs-end">
              {t('live.latency')}
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((event, place) => (
            // The place is the key on purpose: a row keeps its elements and takes other words.
            <Row key={place} event={event} language={language} />
          ))}
        </tbody>
      </table>
      {total > shown.length && <p className="cs-muted">{t('live.more', { count: total - shown.length })}</p>}
    </div>
  );
}

const Row = memo(
  function Row({ event }: { readonly event: LiveEvent; readonly language: string }) {
    const to = placeOf(event);
    const time = <Second atMs={event.atMs} />;
    return (
      <tr>
        <td>{to === null ? time : <PlaceLink to={to}>{time}</PlaceLink>}</td>
        <td>{railWord(event.rail)}</td>
        <td className="cs-end">
          <Amounts amounts={event.amounts} to={to} />
        </td>
        <td>
          <StatusTag status={STATES[event.outcome]} label={t(`live.outcome.${event.outcome}`)} />
        </td>
        <td className="cs-end">{writeMs(event.latencyMs)}</td>
      </tr>
    );
  },
  (a, b) => a.event.number === b.event.number && a.language === b.language,
);

function Second({ atMs }: { readonly atMs: number }) {
  const second = writeSecond(atMs);
  return (
    <time dateTime={new Date(atMs).toISOString()} title={second}>
      {second.slice(11)}
    </time>
  );
}

function Amounts({ amounts, to }: { readonly amounts: LiveEvent['amounts']; readonly to: string | null }) {
  const [first, ...rest] = amounts;
  if (first === undefined) return <span className="cs-muted">–</span>;
  return (
    <>
      {to === null ? (
        <Money {...first} />
      ) : (
        <Figure to={to}>
          <Money {...first} />
        </Figure>
      )}
      {rest.length > 0 && <span className="cs-muted"> {t('live.others', { count: rest.length })}</span>}
    </>
  );
}

/** The payments a message told of, or where it was put aside; nothing where it left neither. */
function placeOf({ deadLetterId, messageNumber }: LiveEvent): string | null {
  if (deadLetterId !== null) return places.connectors({ view: 'dead-letters' });
  return messageNumber === null ? null : places.instant({ message: messageNumber });
}

/** `2026-11-21 14:02:31`, without a formatter: seven rows are written four times a second. */
function writeSecond(atMs: number): string {
  return `${writeTimestamp(atMs)}:${String(new Date(atMs).getSeconds()).padStart(2, '0')}`;
}
