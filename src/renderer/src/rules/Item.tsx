import { useQuery } from '@tanstack/react-query';
import type { Contradiction, RuleDefinition, RuleRow } from '../../../contract/rules.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import { ErrorState, Facts, PlaceLink, RelativeTime, Skeleton, StatusTag } from '../kit/index.ts';
import { useActorName } from '../operators/actors.tsx';
import { t } from './messages.ts';
import { useAccounts } from './useAccounts.ts';
import { actionWords, conditionFacts, contradictionWords, nameOf } from './words.ts';

/** Colour and shape of each state. */
export const STATE_LOOKS = { on: 'green', off: 'voided', retired: 'voided' } as const;

/** A rule: what it does, when, what speaks against it, and how it came to be. */
export function Item({
  row,
  contradictions,
}: {
  readonly row: RuleRow | undefined;
  readonly contradictions: readonly Contradiction[];
}) {
  const query = useQuery({
    ...orpc.rules.get.queryOptions({ input: { number: row?.number ?? 1 } }),
    enabled: row !== undefined,
  });
  const nameOfActor = useActorName();
  if (!row) return <p className="cs-muted">{t('item.none')}</p>;
  const { number, version, state, dormant, definition } = row;
  return (
    <div className="cs-rule">
      <header>
        <p className="cs-muted">
          {t.rich('item.version', {
            ...{ number: String(number), version: String(version), name: nameOfActor(row.changedBy) },
            time: <RelativeTime key="time" atMs={row.changedAtMs} />,
          })}
        </p>
        <h2>{nameOf(row)}</h2>
        <p>
          <StatusTag status={STATE_LOOKS[state]} label={t(`state.${state}`)} />
          {dormant && <strong className="cs-rule-dormant"> {t(`dormant.${dormant}`)}</strong>}
        </p>
        {contradictions.map((one) => {
          const other = one.rule === number ? one.other : one.rule;
          return (
            <p key={`${one.rule} ${one.other} ${one.why}`} className="cs-rule-dormant">
              <PlaceLink to={places.rules({ rule: String(other) })}>
                {contradictionWords(one, other)}
              </PlaceLink>
            </p>
          );
        })}
      </header>
      {definition && <Terms definition={definition} />}
      <section aria-label={t('item.versions')}>
        <h3>{t('item.versions')}</h3>
        {query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
        {query.isPending && <Skeleton lines={3} />}
        {query.data?.versions.map((one) => (
          <details key={one.version} className="cs-rule-version">
            <summary>
              {t.rich('item.versionLine', {
                ...{ version: String(one.version), name: nameOfActor(one.changedBy) },
                time: <RelativeTime key="time" atMs={one.changedAtMs} />,
              })}
            </summary>
            <p>
              <PlaceLink to={places.auditRecord(one.record)}>
                {t('item.record', { record: String(one.record) })}
              </PlaceLink>
            </p>
            {one.definition && <Terms definition={one.definition} />}
          </details>
        ))}
      </section>
    </div>
  );
}

/** What a rule says: first what it does, then when. */
export function Terms({ definition }: { readonly definition: RuleDefinition }) {
  const { names } = useAccounts();
  const { action, conditions } = definition;
  const facts = conditionFacts(conditions, names);
  return (
    <>
      <section aria-label={t('item.does')}>
        <h3>{t('item.does')}</h3>
        <p>{actionWords(action, conditions.currency ?? '', names)}</p>
      </section>
      <section aria-label={t('item.when')}>
        <h3>{t('item.when')}</h3>
        {facts.length === 0 ? <p className="cs-muted">{t('item.always')}</p> : <Facts facts={facts} />}
      </section>
    </>
  );
}
