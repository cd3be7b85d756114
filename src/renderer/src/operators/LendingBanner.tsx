import { Button } from '@blueprintjs/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { client, orpc, refetchRooms } from '../app/data.ts';
import { Clock } from '../incidents/parts.tsx';
import { notifyProblem } from '../kit/index.ts';
import { t } from './messages.ts';
import { useSession } from './useSession.ts';

/** It ends by itself: this often it is looked whether it has. */
const LOOK_EVERY_MS = 10_000;

/** A line across the top of every window while roles are lent. */
export function LendingBanner() {
  const query = useQuery({
    ...orpc.operators.lendings.queryOptions({ staleTime: 0 }),
    refetchInterval: LOOK_EVERY_MS,
  });
  const session = useSession(true).data;
  const end = useMutation({
    mutationFn: (id: string) => client.operators.endBreakGlass({ id }),
    onSuccess: () => refetchRooms(['operators', 'session']),
    onError: notifyProblem,
  });
  const lendings = query.data?.lendings ?? [];
  const isShown = lendings.length > 0;
  const mayEnd = (operatorId: string) =>
    session?.operator?.id === operatorId || session?.permissions.includes('people') === true;
  return (
    <section
      aria-label={t('lending.region')}
      className={isShown ? 'cs-banner cs-banner--critical' : 'cs-banner cs-banner--none'}
    >
      {lendings.map(({ id, operatorId, operatorName, roles, endsAtMs }) => (
        <span key={id} className="cs-banner-words">
          <strong>
            <span aria-hidden="true">■</span> {t('lending.title')}
          </strong>
          <span>
            {t('lending.text', {
              name: operatorName,
              roles: roles.map((role) => t(`role.${role}`)).join(', '),
            })}
          </span>
          <Clock untilMs={endsAtMs} />
          {mayEnd(operatorId) && (
            <Button size="small" loading={end.isPending} onClick={() => end.mutate(id)}>
              {t('lending.end')}
            </Button>
          )}
        </span>
      ))}
    </section>
  );
}
