import { Callout } from '@blueprintjs/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { useQuery } from '@tanstack/react-query';
import type { OperatorLine } from '../../../contract/operators.ts';
import type { Simulation } from '../../../contract/policies.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import { ErrorState, engineWords, MoneyList, PlaceLink, Skeleton } from '../kit/index.ts';
import { t as people } from '../operators/messages.ts';
import { t } from './messages.ts';
import { writeSpan } from './words.ts';

type NameOf = (id: string) => string;

/** The answer: how many sets of people, who they are, what stands in the way, and what is left of the limits. */
export function SimulatorAnswer(props: {
  readonly query: UseQueryResult<Simulation, Error>;
  readonly people: readonly OperatorLine[];
}) {
  const { query } = props;
  const policies = useQuery(orpc.policies.list.queryOptions()).data;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Skeleton lines={8} />;
  const { policyId, alone, aloneBecause, quorum, makers, checkers, groups, groupCount, obstacles, limits } =
    query.data;
  const nameOf: NameOf = (id) => props.people.find((one) => one.id === id)?.name ?? id;
  const title = policies?.find(({ id }) => id === policyId)?.title ?? policyId;
  const isAlone = aloneBecause !== null;
  return (
    <div className="cs-answer">
      <p className="cs-answer-headline">{t(isAlone ? 'sim.alone' : 'sim.together', { count: groupCount })}</p>
      <p>
        {policyId === null ? (
          t('sim.noPolicy')
        ) : (
          <>
            {t.rich('sim.under', {
              policy: (
                <PlaceLink key="policy" to={places.policies({ policy: policyId })}>
                  {engineWords(title ?? policyId)}
                </PlaceLink>
              ),
            })}
            {'. '}
            {aloneBecause === 'below-threshold' ? t('sim.free') : t('sim.needs', { count: quorum })}
          </>
        )}
      </p>
      {obstacles.length > 0 && (
        <Callout intent="warning" icon={null} className="cs-answer-note">
          <p>
            <strong>{t('sim.obstacles')}</strong>
          </p>
          <ul>
            {obstacles.map((obstacle) => (
              <li key={obstacle}>{engineWords(obstacle)}</li>
            ))}
          </ul>
        </Callout>
      )}
      <div className="cs-answer-people">
        <Participants title={t('sim.makers')} all={makers} nameOf={nameOf} />
        {!isAlone && <Participants title={t('sim.checkers')} all={checkers} nameOf={nameOf} />}
      </div>
      {groups.length > 0 && !alone && <Groups groups={groups} count={groupCount} nameOf={nameOf} />}
      {limits.length > 0 && <LimitsLeft limits={limits} />}
    </div>
  );
}

function Participants(props: {
  readonly title: string;
  readonly all: Simulation['makers'];
  readonly nameOf: NameOf;
}) {
  return (
    <section aria-label={props.title}>
      <h3>{props.title}</h3>
      {props.all.length === 0 ? (
        <p className="cs-muted">{t('sim.none')}</p>
      ) : (
        <ul>
          {props.all.map(({ operatorId, name, roles, byDelegationOf }) => (
            <li key={`${operatorId} ${byDelegationOf ?? ''}`}>
              <PlaceLink to={places.operators()}>{name}</PlaceLink>{' '}
              <span className="cs-muted">
                {byDelegationOf === null
                  ? roles.map((role) => people(`role.${role}`)).join(', ')
                  : t('sim.lentBy', { name: props.nameOf(byDelegationOf) })}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Groups(props: {
  readonly groups: Simulation['groups'];
  readonly count: number;
  readonly nameOf: NameOf;
}) {
  const { groups, count, nameOf } = props;
  return (
    <section aria-label={t('sim.groups')}>
      <h3>{t('sim.groups')}</h3>
      <table className="cs-plain-table cs-change-table">
        <thead>
          <tr>
            <th scope="col">{t('sim.asks')}</th>
            <th scope="col">{t('sim.agree')}</th>
          </tr>
        </thead>
        <tbody>
          {groups.map(({ makerId, checkerIds }) => (
            <tr key={`${makerId} ${checkerIds.join(' ')}`}>
              <td>{nameOf(makerId)}</td>
              <td>{checkerIds.map(nameOf).join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {count > groups.length && (
        <p className="cs-muted">{t('sim.groupsMore', { shown: groups.length, count })}</p>
      )}
    </section>
  );
}

function LimitsLeft({ limits }: Pick<Simulation, 'limits'>) {
  return (
    <section aria-label={t('sim.limits')}>
      <h3>{t('sim.limits')}</h3>
      {limits.map(({ windowMs, countLeft, amountsLeft }) => (
        <div key={windowMs} className="cs-limit-left">
          <span>{t('sim.limitWindow', { window: writeSpan(windowMs) })}</span>
          {countLeft !== null && <strong>{t('sim.countLeft', { count: countLeft })}</strong>}
          {amountsLeft.length > 0 && <MoneyList amounts={amountsLeft} inline />}
        </div>
      ))}
    </section>
  );
}
