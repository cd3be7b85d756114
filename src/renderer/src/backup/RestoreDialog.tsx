import { Button, Callout, DialogBody, DialogFooter, FormGroup, InputGroup } from '@blueprintjs/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useId, useState } from 'react';
import { orpc, refetchRooms } from '../app/data.ts';
import {
  type Brought,
  Dialog,
  ErrorState,
  Facts,
  TimeCell,
  textOf,
  whenWaiting,
  writeBytes,
  writeDuration,
} from '../kit/index.ts';
import { SecretField } from '../vault/SecretField.tsx';
import { t } from './messages.ts';
import { isFullPath, PathField } from './PathField.tsx';
import { focusOnceThere, recordOf } from './typed.ts';

/** Restores a backup in two steps: what it holds, then where to and up to which record. */
export function RestoreDialog({
  source,
  brought,
  onClose,
}: {
  readonly source: string;
  /** The approved request that this is sent again for. */
  readonly brought?: Brought | null;
  readonly onClose: () => void;
}) {
  const [place, setPlace] = useState(brought ? textOf(brought.input, 'source') : source);
  const [target, setTarget] = useState(brought ? textOf(brought.input, 'target') : '');
  const [typed, setTyped] = useState(brought ? textOf(brought.input, 'record') : '');
  const [passphrase, setPassphrase] = useState('');
  const recordId = useId();
  const look = useMutation(orpc.backup.inspect.mutationOptions());
  const restore = useMutation(
    orpc.backup.restore.mutationOptions({
      // The passphrase is kept no longer than the work needs it.
      onSuccess: () => setPassphrase(''),
      onError: whenWaiting(onClose),
      onSettled: () => refetchRooms(['backup']),
    }),
  );
  const found = look.data;
  const lookNow = () => {
    if (isFullPath(place) && !look.isPending) look.mutate({ source: place.trim() });
  };
  const record = found ? recordOf(typed, found.firstRecord, found.lastRecord) : undefined;
  const isReady = found !== undefined && record !== undefined && isFullPath(target) && passphrase !== '';
  const act = () => {
    if (!isReady || restore.isPending) return;
    restore.mutate({
      source: place.trim(),
      target: target.trim(),
      passphrase,
      ...(record === null ? {} : { record }),
    });
  };
  if (restore.data) {
    const { directory, record: last, durationMs } = restore.data;
    return (
      <Frame
        onClose={onClose}
        onSubmit={onClose}
        actions={
          <Button type="submit" ref={focusOnceThere}>
            {t('restore.close')}
          </Button>
        }
      >
        <Callout intent="success" icon={null} role="status" title={t('restore.done')}>
          <p>{t('restore.doneText', { record: last, duration: writeDuration(durationMs) })}</p>
          <p className="cs-mono">{directory}</p>
        </Callout>
      </Frame>
    );
  }
  if (!found) {
    return (
      <Frame
        onClose={onClose}
        onSubmit={lookNow}
        actions={
          <>
            <Button onClick={onClose}>{t('act.cancel')}</Button>
            <Button type="submit" intent="primary" disabled={!isFullPath(place)} loading={look.isPending}>
              {t('act.next')}
            </Button>
          </>
        }
      >
        <p>{t('restore.what')}</p>
        <PathField label={t('restore.source')} value={place} onChange={setPlace} autoFocus />
        {look.isError && <ErrorState error={look.error} />}
      </Frame>
    );
  }
  const { firstRecord, lastRecord } = found;
  const range = { first: firstRecord.toLocaleString(), last: lastRecord.toLocaleString() };
  return (
    <Frame
      onClose={onClose}
      onSubmit={act}
      actions={
        <>
          <Button disabled={restore.isPending} onClick={() => look.reset()}>
            {t('act.back')}
          </Button>
          <Button type="submit" intent="primary" disabled={!isReady} loading={restore.isPending}>
            {t('restore.act')}
          </Button>
        </>
      }
    >
      <div className="cs-backup-facts">
        <Facts
          facts={[
            [t('restore.kind'), t(`restore.${found.kind}`)],
            [t('restore.made'), <TimeCell key="made" atMs={found.createdAtMs} />],
            [t('restore.records'), t('restore.recordsOf', range)],
            [t('restore.size'), writeBytes(found.sizeBytes)],
          ]}
        />
      </div>
      <PathField label={t('restore.target')} value={target} onChange={setTarget} autoFocus />
      {firstRecord < lastRecord && (
        <FormGroup
          label={t('restore.record')}
          labelFor={recordId}
          intent={record === undefined ? 'warning' : 'none'}
          helperText={record === undefined ? t('restore.recordWrong', range) : t('restore.recordHint', range)}
        >
          <InputGroup
            id={recordId}
            value={typed}
            inputMode="numeric"
            autoComplete="off"
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        </FormGroup>
      )}
      <SecretField
        label={t('restore.passphrase')}
        value={passphrase}
        onChange={setPassphrase}
        hint={t('restore.passphraseHint')}
        disabled={restore.isPending}
      />
      {restore.isPending && <p role="status">{t('restore.running')}</p>}
      {restore.isError && <ErrorState error={restore.error} />}
    </Frame>
  );
}

/** Enter anywhere in it does what its primary button does. */
function Frame(props: {
  readonly onClose: () => void;
  readonly onSubmit: () => void;
  readonly actions: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <Dialog isOpen onClose={props.onClose} title={t('restore.title')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          props.onSubmit();
        }}
      >
        <DialogBody>{props.children}</DialogBody>
        <DialogFooter actions={props.actions} />
      </form>
    </Dialog>
  );
}
