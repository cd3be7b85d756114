/** What nobody can close: a log that must be signed after a restore, a head that does not fit. */
import { Button } from '@blueprintjs/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { orpc, refetchRooms } from '../app/data.ts';
import { places } from '../app/places.ts';
import { notify, notifyProblem, PlaceLink } from '../kit/index.ts';
import { t } from './messages.ts';
import './audit.css';

export function LogBanner() {
  const epoch = useQuery(orpc.audit.epoch.queryOptions());
  const heads = useQuery(
    orpc.incidents.list.queryOptions({
      input: { kind: 'audit.head-inconsistent', state: 'unresolved', limit: 1 },
    }),
  );
  const sign = useMutation(
    orpc.audit.signEpoch.mutationOptions({
      onSuccess: ({ signed }) => {
        refetchRooms(['audit']);
        notify({ text: signed ? t('epoch.done') : t('epoch.half') });
      },
      onError: notifyProblem,
    }),
  );
  const incident = heads.data?.rows[0];
  return (
    <>
      {epoch.data && !epoch.data.signed && (
        <div role="alert" className="cs-log-banner">
          <strong>{t('epoch.banner', { epoch: epoch.data.epoch })}</strong>
          <span>{t('epoch.state', { signed: epoch.data.signatures.length, needed: epoch.data.needed })}</span>
          <Button size="small" loading={sign.isPending} onClick={() => sign.mutate(undefined)}>
            {t('epoch.act')}
          </Button>
          <PlaceLink to={places.auditHeads()}>{t('epoch.read')}</PlaceLink>
        </div>
      )}
      {incident && (
        <div role="alert" className="cs-log-banner">
          <strong>{t('inconsistent.banner')}</strong>
          <span>{incident.agreedBy === null ? t('inconsistent.none') : t('inconsistent.one')}</span>
          <PlaceLink to={places.incidents({ state: 'all', item: incident.id })}>
            {t('inconsistent.open')}
          </PlaceLink>
        </div>
      )}
    </>
  );
}
