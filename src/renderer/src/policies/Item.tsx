import { useQuery } from '@tanstack/react-query';
import type { Policy } from '../../../contract/policies.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import { kindWords } from '../approvals/parts.tsx';
import { ErrorState, engineWords, Facts, PlaceLink, RelativeTime, Skeleton } from '../kit/index.ts';
import { useActorName } from '../operators/actors.tsx';
import { Differences } from './Differences.tsx';
import { t } from './messages.ts';
import { CLAUSE_NAMES, clauseWords } from './words.ts';

/** A policy: what stands under it, what it asks for in plain words, and how it has changed. */
export function Item({ policyId }: { readonly policyId: string | undefined }) {
  const query = useQuery({
    ...orpc.policies.get.queryOptions({ input: { policyId: policyId ?? '' } }),
    enabled: policyId !== undefined,
  });
  const nameOf = useActorName();
  if (policyId === undefined) return <p className="cs-muted">{t('item.none')}</p>;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Skeleton lines={12} />;
  const { policy, versions, history } = query.data;
  return (
    <div className="cs-policy">
      <header className="cs-approval-head">
        <div>
          <p className="cs-muted">
            {t('item.version', { version: String(policy.version) })},{' '}
            {policy.changedAtMs === 0
              ? t('item.shipped')
              : t.rich('item.changed', {
                  name: nameOf(policy.changedBy),
                  time: <RelativeTime key="time" atMs={policy.changedAtMs} />,
                })}
          </p>
          <h2>{engineWords(policy.title)}</h2>
        </div>
      </header>
      <section aria-label={t('item.governs')}>
        <h3>{t('item.governs')}</h3>
        {policy.commands.length === 0 ? (
          <p className="cs-muted">{t('item.governsNothing')}</p>
        ) : (
          <ul className="cs-policy-commands">
            {policy.commands.map((command) => (
              <li key={command}>
                <PlaceLink to={places.approvals({ box: 'all', procedure: command })}>
                  {kindWords(command)}
                </PlaceLink>{' '}
                <code>{command}</code>
              </li>
            ))}
          </ul>
        )}
      </section>
      <section aria-label={t('item.clauses')}>
        <h3>{t('item.clauses')}</h3>
        <Facts
          facts={CLAUSE_NAMES.map(
            (name) => [t(`clause.${name}`), clauseWords(name, policy.clauses)] as const,
          )}
        />
      </section>
      <section aria-label={t('item.history')}>
        <h3>{t('item.history')}</h3>
        {history.length === 0 && <p className="cs-muted">{t('item.noHistory')}</p>}
        {history.map(({ version, differences }) => {
          const [after, before] = [of(versions, version), of(versions, version - 1)];
          if (!after || !before) return null;
          return (
            <div key={version} className="cs-policy-step">
              <p>
                {t.rich('history.by', {
                  version: String(version),
                  name: <strong key="name">{nameOf(after.changedBy)}</strong>,
                  time: <RelativeTime key="time" atMs={after.changedAtMs} />,
                })}
              </p>
              <Differences differences={differences} before={before} after={after} />
            </div>
          );
        })}
      </section>
    </div>
  );
}

const of = (versions: readonly Policy[], version: number) => versions.find((one) => one.version === version);
