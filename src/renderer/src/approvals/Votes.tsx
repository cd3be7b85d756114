import { useQuery } from '@tanstack/react-query';
import type { ApprovalDetail } from '../../../contract/approvals.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import { PlaceLink, StatusTag, TimeCell } from '../kit/index.ts';
import { t } from './messages.ts';
import { rolesWords } from './parts.tsx';
import { missingCount } from './reading.ts';

/** The roles that may answer, by the version of the policy that the request stands under. */
export function useCheckers(policyId: string | undefined, version: number | undefined) {
  const known = useQuery({
    ...orpc.policies.get.queryOptions({ input: { policyId: policyId ?? '' } }),
    enabled: policyId !== undefined,
  }).data;
  const policy = known?.versions.find((one) => one.version === version) ?? known?.policy;
  return policy?.clauses.checkers ?? null;
}

/** Who has answered, when, on which way and whether it counts; and who is still missing. */
export function Votes({ detail }: { readonly detail: ApprovalDetail }) {
  const people = useQuery(orpc.operators.list.queryOptions()).data?.operators;
  const nameOf = (id: string) => people?.find((one) => one.id === id)?.name ?? id;
  return (
    <section className="cs-votes" aria-label={t('votes.title')}>
      <h2>{t('votes.title')}</h2>
      {detail.votes.length === 0 ? (
        <p className="cs-muted">{t('votes.none')}</p>
      ) : (
        <ol>
          {detail.votes.map((vote) => (
            <li key={`${vote.operatorId} ${vote.onBehalfOf ?? ''}`} className="cs-vote">
              <StatusTag
                status={vote.decision === 'veto' ? 'refused' : vote.counts ? 'confirmed' : 'voided'}
                label={t(`votes.${vote.decision}`)}
              />
              <span>
                <strong>{vote.operatorName}</strong> <TimeCell atMs={vote.votedAtMs} />{' '}
                <span className="cs-muted">
                  {t(`votes.${vote.way}`)}
                  {vote.onBehalfOf !== null && `, ${t('votes.lent', { name: nameOf(vote.onBehalfOf) })}`}
                </span>
                {!vote.counts && vote.decision === 'approve' && (
                  <span className="cs-vote-not">{t('votes.not')}</span>
                )}
                {vote.reason !== null && <span className="cs-vote-reason">{vote.reason}</span>}
              </span>
            </li>
          ))}
        </ol>
      )}
      {detail.state === 'pending' && <Missing detail={detail} />}
    </section>
  );
}

/** What is missing for it to run: `one of: treasury approver`. */
function Missing({ detail }: { readonly detail: ApprovalDetail }) {
  const checkers = useCheckers(detail.policyId, detail.policyVersion);
  const count = missingCount(detail);
  const words =
    count === 0
      ? t('missing.none')
      : checkers === null
        ? t('missing.plain', { count })
        : count === 1
          ? t('missing.one', { roles: rolesWords(checkers) })
          : t('missing.more', { count, roles: rolesWords(checkers) });
  return (
    <p className="cs-missing">
      <span className="cs-muted">{t('missing.title')}</span> <strong>{words}</strong>{' '}
      <PlaceLink to={places.simulator({ procedure: detail.procedure })}>{t('missing.who')}</PlaceLink>
    </p>
  );
}
