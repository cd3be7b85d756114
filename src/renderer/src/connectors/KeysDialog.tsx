import { Button, Callout, DialogBody, DialogFooter } from '@blueprintjs/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { CallerKey, ConnectorLine } from '../../../contract/connectors.ts';
import { orpc, refetchRooms } from '../app/data.ts';
import { TextField } from '../hsm/AskForm.tsx';
import { Dialog, ErrorState, Skeleton, TimeCell } from '../kit/index.ts';
import { t } from './messages.ts';

/** Keys of the callers of an endpoint: making one, whose secret is shown this once, and revoking. */
export function KeysDialog({
  of: { id, label },
  onClose,
}: {
  readonly of: ConnectorLine;
  readonly onClose: () => void;
}) {
  const keys = useQuery(orpc.connectors.keys.queryOptions({ input: { id } }));
  const [caller, setCaller] = useState('');
  const settled = { onSettled: () => refetchRooms(['connectors', 'audit']) };
  const make = useMutation(
    orpc.connectors.createKey.mutationOptions({ ...settled, onSuccess: () => setCaller('') }),
  );
  const revoke = useMutation(orpc.connectors.revokeKey.mutationOptions(settled));
  const error = make.error ?? revoke.error;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (caller.trim() !== '' && !make.isPending) make.mutate({ id, caller: caller.trim() });
  };
  return (
    <Dialog isOpen className="cs-slot-dialog" title={t('keysOf.title', { name: label })} onClose={onClose}>
      <form onSubmit={submit}>
        <DialogBody>
          <p className="cs-muted">{t('keysOf.text')}</p>
          {keys.isPending && <Skeleton lines={3} />}
          {keys.isError && <ErrorState error={keys.error} onRetry={() => void keys.refetch()} />}
          {keys.data && (
            <KeysTable keys={keys.data} onRevoke={(key) => revoke.mutate({ keyId: key.keyId })} />
          )}
          <TextField label={t('field.caller')} value={caller} onChange={setCaller} />
          {make.data && (
            <Callout intent="warning" icon={null} role="status">
              <p>
                <strong>{t('keysOf.made', { name: make.data.caller })}</strong>
              </p>
              <p className="cs-mono cs-connector-secret">{make.data.keyId}</p>
              <p className="cs-mono cs-connector-secret">{make.data.secret}</p>
            </Callout>
          )}
          {error && <ErrorState error={error} />}
        </DialogBody>
        <DialogFooter
          actions={
            <>
              <Button onClick={onClose}>{t('act.close')}</Button>
              <Button type="submit" intent="primary" disabled={caller.trim() === ''} loading={make.isPending}>
                {t('act.makeKey')}
              </Button>
            </>
          }
        />
      </form>
    </Dialog>
  );
}

function KeysTable({
  keys,
  onRevoke,
}: {
  readonly keys: readonly CallerKey[];
  readonly onRevoke: (key: CallerKey) => void;
}) {
  // A caller whose key is revoked is turned away at once, and no key comes back: the second press does it.
  const [asked, setAsked] = useState<string | null>(null);
  if (keys.length === 0) return <p>{t('keysOf.empty')}</p>;
  return (
    <table className="cs-plain-table cs-connector-table">
      <thead>
        <tr>
          <th scope="col">{t('field.caller')}</th>
          <th scope="col">{t('keysOf.id')}</th>
          <th scope="col">{t('keysOf.since')}</th>
          <th scope="col" aria-label={t('act.revoke')} />
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.keyId}>
            <td>{key.caller}</td>
            <td className="cs-mono">{key.keyId}</td>
            <td>
              <TimeCell atMs={key.createdAtMs} />
            </td>
            <td>
              {key.revokedAtMs === null ? (
                <Button
                  size="small"
                  variant={asked === key.keyId ? 'solid' : 'minimal'}
                  intent="danger"
                  onBlur={() => setAsked(null)}
                  onClick={() => (asked === key.keyId ? onRevoke(key) : setAsked(key.keyId))}
                >
                  {t(asked === key.keyId ? 'act.revokeSure' : 'act.revoke')}
                </Button>
              ) : (
                <span className="cs-muted">{t('keysOf.revoked')}</span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
