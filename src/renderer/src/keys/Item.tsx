import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { Key, KeyEvent, KeyPolicy, KeyRotation } from '../../../contract/keys.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import { Facts, Meanwhile, PlaceLink, RelativeTime, TimeCell } from '../kit/index.ts';
import { Actor } from '../operators/actors.tsx';
import { byWeight, isDue, policyOf } from './choosing.ts';
import { t } from './messages.ts';
import { Age, classWords, kindWords, NextRotation, protectsWords, State } from './parts.tsx';
import { paceWords, RotationBar, rotationName } from './Rotations.tsx';

export interface KeyDetail {
  readonly key: Key;
  readonly history: readonly KeyEvent[];
  readonly rotations: readonly KeyRotation[];
}

/** The key: what it is and protects, its findings with what to do, and its policy in words. */
export function Item({
  query,
  data,
}: {
  readonly query: UseQueryResult<KeyDetail, Error>;
  readonly data: KeyDetail | undefined;
}) {
  const policies = useQuery(orpc.keys.policies.queryOptions());
  if (!data || query.isError) return <Meanwhile query={query} none={t('item.none')} />;
  const { key } = data;
  const policy = policyOf(key, policies.data);
  const { purpose, quarter, retentionClass } = key;
  return (
    <div className="cs-key">
      <header className="cs-key-head">
        <h2>
          {kindWords(key)}{' '}
          <span className="cs-muted">{t('item.version', { version: String(key.version) })}</span>
        </h2>
        <p>
          <span className="cs-mono cs-muted">{key.id}</span> <State state={key.state} />
        </p>
      </header>
      <p>
        {t(`what.${key.type}`, {
          purpose: purpose ?? '',
          quarter: quarter ?? '',
          retentionClass: retentionClass ?? '',
        })}{' '}
        {t(key.state === 'expiring' && isDue(key) ? 'means.overdue' : `means.${key.state}`)}
      </p>
      <Findings of={key} />
      <Standing of={key} />
      {policy && <Policy policy={policy} custody={key.custody} />}
    </div>
  );
}

function Findings({ of: key }: { readonly of: Key }) {
  if (key.findings.length === 0) return null;
  const words = { protects: protectsWords(key), count: key.protects };
  return (
    <section className="cs-key-findings" aria-label={t('item.findings')}>
      <h3>{t('item.findings')}</h3>
      <ul>
        {byWeight(key.findings).map(({ code }) => (
          <li key={code} className={code === 'HSM_REQUIRED' ? undefined : 'cs-key-finding--pressing'}>
            <strong>{t(`finding.${code}`)}</strong>
            <span>
              {t(`says.${code}`, words)} {t(`do.${code}`)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Standing({ of: key }: { readonly of: Key }) {
  const { activatedAtMs, endedAtMs } = key;
  return (
    <Facts
      facts={[
        [t('item.protects'), <strong key="protects">{protectsWords(key)}</strong>],
        [
          t('item.next'),
          key.nextRotationAtMs === null ? null : <NextRotation key="next" atMs={key.nextRotationAtMs} />,
        ],
        [
          t(endedAtMs === null ? 'item.age' : 'item.lived'),
          activatedAtMs === null ? null : <Age key="age" of={key} />,
        ],
        [t('item.ended'), endedAtMs === null ? null : <TimeAgo key="ended" atMs={endedAtMs} />],
        [t('item.class'), classWords(key) || null],
        [t('item.algorithm'), key.algorithm],
        [t('item.custody'), t(`custody.${key.custody}Long`)],
        [t('item.owner'), key.owner],
        [t('item.created'), <TimeAgo key="created" atMs={key.createdAtMs} />],
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

function Policy({ policy, custody }: { readonly policy: KeyPolicy; readonly custody: Key['custody'] }) {
  const { rotateEveryDays: days, warnDays: warn, unattended, hsmRequired, algorithm } = policy;
  const hsm = !hsmRequired ? 'policy.noHsm' : custody === 'hsm' ? 'policy.hsm' : 'policy.hsmMissing';
  return (
    <section className="cs-key-policy" aria-label={t('item.policy')}>
      <h3>{t('item.policy')}</h3>
      <p>{t(unattended ? 'policy.unattended' : 'policy.dual', { days, warn })}</p>
      {!unattended && <p>{t('policy.dualNow')}</p>}
      <p>{t(hsm)}</p>
      <p>{t('policy.asks', { algorithm })}</p>
    </section>
  );
}

/** What moved it, and everything that ever happened to it. */
export function KeyEvidence({ data }: { readonly data: KeyDetail }) {
  const { history, rotations } = data;
  return (
    <div className="cs-key-evidence">
      {rotations.length > 0 && (
        <section aria-label={t('item.rotations')}>
          <h3>{t('item.rotations')}</h3>
          <ol>
            {rotations.map((rotation) => (
              <RotationLine key={rotation.id} rotation={rotation} />
            ))}
          </ol>
        </section>
      )}
      <section aria-label={t('item.history')}>
        <h3>{t('item.history')}</h3>
        <ol className="cs-key-history">
          {[...history].reverse().map((event) => (
            <EventLine key={event.seq} event={event} of={data} />
          ))}
        </ol>
      </section>
    </div>
  );
}

/** Why it happened: by its time, by another key, or by somebody's command. */
export const reasonWords = (reason: KeyRotation['reason'], actor: string) =>
  t.rich(`reason.${reason}`, { actor: <Actor key="actor" of={actor} /> });

/** What happened, between which states, why, and the record that tells of it. */
function EventLine({ event, of: { key } }: { readonly event: KeyEvent; readonly of: KeyDetail }) {
  const { atMs, actor, record, fromState, toState, reason } = event;
  const states =
    fromState === null
      ? t(`state.${toState}`)
      : t('event.states', { from: t(`state.${fromState}`), to: t(`state.${toState}`) });
  return (
    <li>
      <TimeCell atMs={atMs} />
      <span>
        <strong>
          <Actor of={actor} />
        </strong>{' '}
        {t(`event.${event.event}`)}{' '}
        <span className="cs-muted">
          {states}
          {reason !== null && <> · {reasonWords(reason, actor)}</>}
          {record === null && <> · {t(key.type === 'DEK' ? 'event.inPassing' : 'event.withVault')}</>}
        </span>
        {record !== null && (
          <>
            {' '}
            <PlaceLink to={places.auditRecord(record)}>
              {t('event.record', { record: String(record) })}
            </PlaceLink>
          </>
        )}
        {event.event === 'compromised' && record !== null && <Reason record={record} />}
      </span>
    </li>
  );
}

/** Why a key was marked; the words stand sealed in the audit record. */
function Reason({ record }: { readonly record: bigint }) {
  const said = useQuery(orpc.audit.record.queryOptions({ input: { seq: record } }));
  const detail: unknown = JSON.parse(said.data?.detail ?? '{}');
  const reason = typeof detail === 'object' && detail !== null && 'reason' in detail ? detail.reason : null;
  return typeof reason === 'string' ? <span className="cs-key-reason">{reason}</span> : null;
}

/** `dek-3, dek-4` as `dek-3 and 1 more`: a rotation may leave hundreds. */
function manyWords([first = '', ...rest]: readonly string[]): string {
  return rest.length === 0 ? first : t('rotation.manyFrom', { first, count: rest.length });
}

function RotationLine({ rotation }: { readonly rotation: KeyRotation }) {
  const { fromKeys, toKeys, done, total, reason, actor } = rotation;
  return (
    <li className="cs-key-rotation">
      <span>
        <strong>{rotationName(rotation)}</strong>{' '}
        <span className="cs-muted">
          {t('rotation.fromTo', { from: manyWords(fromKeys), to: manyWords(toKeys) })} ·{' '}
          {reasonWords(reason, actor)}
        </span>
      </span>
      <span className="cs-key-rotation-pace">
        <RotationBar rotation={rotation} /> {t('rotation.of', { done, total })} · {paceWords(rotation)} ·{' '}
        <RelativeTime atMs={rotation.endedAtMs ?? rotation.startedAtMs} />
      </span>
    </li>
  );
}
