import type { UseQueryResult } from '@tanstack/react-query';
import { type Incident, type IncidentEvent, settledCauses } from '../../../contract/incidents.ts';
import { places } from '../app/places.ts';
import { engineWords, Facts, Meanwhile, PlaceLink, RelativeTime, TimeCell } from '../kit/index.ts';
import { Actor } from '../operators/actors.tsx';
import { Reveal, useRevealed } from '../privacy/reveal.tsx';
import { t } from './messages.ts';
import { Clock, NextSteps, Severity, State } from './parts.tsx';

const MINUTE_MS = 60_000;

/** The incident: what it is, in whose hand, until when, and what to do next. */
export function Item({
  query,
  data,
}: {
  readonly query: UseQueryResult<Incident, Error>;
  readonly data: Incident | undefined;
}) {
  if (!data || query.isError) return <Meanwhile query={query} none={t('item.none')} />;
  return (
    <div className="cs-incident">
      <header className="cs-incident-head">
        <h2>{engineWords(data.title)}</h2>
        <p>
          <Severity severity={data.severity} /> <State state={data.state} />
        </p>
      </header>
      <Standing data={data} />
      {data.state !== 'resolved' && data.needsTwo && (
        <p role="status">{t(data.agreedBy === null ? 'detail.needsTwo' : 'detail.oneOfTwo')}</p>
      )}
      {data.state !== 'resolved' && <NextSteps kind={data.kind} />}
    </div>
  );
}

function Standing({ data }: { readonly data: Incident }) {
  const level = `level.${data.level}`;
  const minutes = Math.round(data.policy.acknowledgeWithinMs / MINUTE_MS);
  return (
    <Facts
      facts={[
        [
          t('item.clock'),
          data.acknowledgeByMs === null ? null : (
            <span key="clock">
              <Clock untilMs={data.acknowledgeByMs} />{' '}
              <span className="cs-muted">{t('item.within', { minutes, kind: data.policy.kind })}</span>
            </span>
          ),
        ],
        [
          t('item.owner'),
          data.owner === null ? (
            <span className="cs-muted">{t('item.nobody')}</span>
          ) : (
            <Actor key="owner" of={data.owner} />
          ),
        ],
        [t('item.level'), t.has(level) ? t(level) : String(data.level)],
        [t('item.kind'), data.kind],
        [t('item.raised'), <TimeAgo key="raised" atMs={data.raisedAtMs} />],
        [
          t('item.lastSeen'),
          data.count === 1 ? null : (
            <span key="seen">
              <TimeAgo atMs={data.lastSeenAtMs} /> · {t('item.count', { count: data.count })}
            </span>
          ),
        ],
        [
          t('item.resolved'),
          data.resolvedAtMs === null ? null : <TimeAgo key="resolved" atMs={data.resolvedAtMs} />,
        ],
        [t('item.previous'), data.previousId && <Other key="previous" id={data.previousId} />],
        [t('item.next'), data.nextId && <Other key="next" id={data.nextId} />],
      ]}
    />
  );
}

function TimeAgo({ atMs }: { readonly atMs: number }) {
  return (
    <>
      <TimeCell atMs={atMs} />{' '}
      <span className="cs-muted">
        <RelativeTime atMs={atMs} />
      </span>
    </>
  );
}

function Other({ id }: { readonly id: string }) {
  return <PlaceLink to={places.incidents({ state: 'all', item: id })}>{t('item.link', { id })}</PlaceLink>;
}

/** The facts that came with the report, and what has happened since. */
export function IncidentEvidence({ data: masked }: { readonly data: Incident }) {
  const data = useRevealed('incident', masked.id, masked);
  const facts = Object.entries(data.detail).map(
    ([name, value]) => [inWords(name), <Fact key={name} name={name} value={String(value)} />] as const,
  );
  return (
    <div className="cs-incident-evidence">
      <section aria-label={t('item.facts')}>
        <h2>{t('item.facts')}</h2>
        {facts.length === 0 ? <p className="cs-muted">{t('item.noFacts')}</p> : <Facts facts={facts} />}
      </section>
      <section aria-label={t('item.timeline')}>
        <h2>{t('item.timeline')}</h2>
        <Reveal kind="incident" id={data.id} of={masked.timeline} />
        <ol className="cs-timeline">
          {data.timeline.map((event) => (
            <TimelineLine key={String(event.record)} event={event} />
          ))}
        </ol>
      </section>
    </div>
  );
}

/** A value of the report; what has a place of its own leads there, and an operator has a name. */
function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  const to = FACT_PLACES[name]?.(value);
  return to === undefined ? <Actor of={value} /> : <PlaceLink to={to}>{value}</PlaceLink>;
}

const FACT_PLACES: Readonly<Record<string, (value: string) => string>> = {
  request: (item) => places.approvals({ box: 'all', item }),
  policy: (policy) => places.policies({ policy }),
};

/** The program's own sentences stand in the language of the screen, people's as they were written. */
const noteWords = ({ note, actor }: IncidentEvent): string | null =>
  note !== null && (actor === 'system' || settledCauses.some((cause) => cause === note))
    ? engineWords(note)
    : note;

function TimelineLine({ event }: { readonly event: IncidentEvent }) {
  return (
    <li>
      <TimeCell atMs={event.atMs} />
      <span>
        <strong>
          <Actor of={event.actor} />
        </strong>{' '}
        {t(`action.${event.action}`)}{' '}
        <PlaceLink to={places.auditRecord(event.record)}>
          {t('action.record', { record: event.record })}
        </PlaceLink>
        {event.note !== null && <span className="cs-timeline-note">{noteWords(event)}</span>}
      </span>
    </li>
  );
}

/** `expectedWithinMs` as people write it: `expected within ms`. */
function inWords(key: string): string {
  return key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase();
}
