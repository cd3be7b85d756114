import { Button, Callout, FormGroup, InputGroup } from '@blueprintjs/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import type { SlotKind } from '../../../contract/vault.ts';
import { orpc } from '../app/data.ts';
import { useRunningJobs } from '../app/feed.ts';
import { t as backupWords } from '../backup/messages.ts';
import { isFullPath, PathField } from '../backup/PathField.tsx';
import { focusOnceThere, recordOf } from '../backup/typed.ts';
import { ErrorState, Facts, TimeCell, writeBytes, writeDuration, writePercent } from '../kit/index.ts';
import { t } from './messages.ts';
import { nameProblemOf } from './names.ts';
import { SecretForm, secretOf } from './SecretForm.tsx';
import { isWait, useWait } from './useWait.ts';
import './slots.css';

/** What is printed or remembered; a token of a lost vault is asked for where the vault is opened. */
const KINDS: readonly SlotKind[] = ['passphrase', 'recovery-key', 'recovery-quorum'];

/** A vault that was lost comes back: what the backup holds, then its name here and what opens it. */
export function RestoreVault(props: {
  readonly taken: readonly string[];
  readonly folder: string;
  readonly onBack: () => void;
  readonly onDone: (directory: string) => void;
}) {
  const [source, setSource] = useState('');
  const [name, setName] = useState('');
  const [typed, setTyped] = useState('');
  const [secret, setSecret] = useState<{ kind: SlotKind; text: string }>({ kind: 'passphrase', text: '' });
  const [nameId, recordId] = [useId(), useId()];
  const look = useMutation(orpc.vault.inspectBackup.mutationOptions());
  const restore = useMutation(
    orpc.vault.restoreBackup.mutationOptions({
      // The secret is kept no longer than the work needs it.
      onSuccess: () => setSecret({ kind: 'passphrase', text: '' }),
    }),
  );
  const waitSeconds = useWait(restore.error);
  const found = look.data;
  if (restore.data) {
    const { directory, record, durationMs } = restore.data;
    return (
      <Card
        onSubmit={() => props.onDone(directory)}
        actions={
          <Button type="submit" intent="primary" ref={focusOnceThere}>
            {t('restore.open')}
          </Button>
        }
      >
        <Callout intent="success" icon={null} role="status" className="cs-gate-done">
          <h2>{backupWords('restore.done')}</h2>
          <p>{backupWords('restore.doneText', { record, duration: writeDuration(durationMs) })}</p>
          <p className="cs-mono">{directory}</p>
        </Callout>
      </Card>
    );
  }
  if (!found) {
    return (
      <Card
        onSubmit={() => {
          if (isFullPath(source) && !look.isPending) look.mutate({ source: source.trim() });
        }}
        actions={
          <>
            <Button type="submit" intent="primary" disabled={!isFullPath(source)} loading={look.isPending}>
              {backupWords('act.next')}
            </Button>
            <Button variant="minimal" onClick={props.onBack}>
              {t('create.back')}
            </Button>
          </>
        }
      >
        <p className="cs-muted">{t('restore.text')}</p>
        <PathField label={backupWords('restore.source')} value={source} onChange={setSource} autoFocus />
        {look.isError && <ErrorState error={look.error} />}
      </Card>
    );
  }
  const { firstRecord, lastRecord } = found;
  const range = { first: firstRecord.toLocaleString(), last: lastRecord.toLocaleString() };
  const record = recordOf(typed, firstRecord, lastRecord);
  const problem = nameProblemOf(name, props.taken);
  const brought = secretOf(secret.kind, secret.text);
  const isReady =
    name.trim() !== '' && problem === null && record !== undefined && brought !== null && waitSeconds === 0;
  const act = () => {
    if (!isReady || restore.isPending) return;
    const upTo = record === null ? {} : { record };
    restore.mutate({ source: source.trim(), name: name.trim(), secret: brought, ...upTo });
  };
  return (
    <Card
      onSubmit={act}
      actions={
        <>
          <Button type="submit" intent="primary" disabled={!isReady} loading={restore.isPending}>
            {backupWords('restore.act')}
          </Button>
          <Button variant="minimal" disabled={restore.isPending} onClick={() => look.reset()}>
            {t('create.back')}
          </Button>
        </>
      }
    >
      <div className="cs-gate-facts">
        <Facts
          facts={[
            [backupWords('restore.kind'), backupWords(`restore.${found.kind}`)],
            [backupWords('restore.made'), <TimeCell key="made" atMs={found.createdAtMs} />],
            [backupWords('restore.records'), backupWords('restore.recordsOf', range)],
            [backupWords('restore.size'), writeBytes(found.sizeBytes)],
          ]}
        />
      </div>
      <FormGroup
        label={t('restore.name')}
        labelFor={nameId}
        intent={problem ? 'danger' : 'none'}
        helperText={problem ?? t('restore.nameHint', { folder: props.folder })}
      >
        <InputGroup
          id={nameId}
          autoFocus
          value={name}
          maxLength={60}
          autoComplete="off"
          spellCheck={false}
          readOnly={restore.isPending}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </FormGroup>
      {firstRecord < lastRecord && (
        <FormGroup
          label={backupWords('restore.record')}
          labelFor={recordId}
          intent={record === undefined ? 'warning' : 'none'}
          helperText={backupWords(record === undefined ? 'restore.recordWrong' : 'restore.recordHint', range)}
        >
          <InputGroup
            id={recordId}
            value={typed}
            inputMode="numeric"
            autoComplete="off"
            readOnly={restore.isPending}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        </FormGroup>
      )}
      <SecretForm
        title={t('restore.secret')}
        kinds={KINDS}
        kind={secret.kind}
        text={secret.text}
        disabled={restore.isPending}
        onChange={(kind, text) => setSecret({ kind, text })}
      />
      {restore.isPending && <Progress />}
      {waitSeconds > 0 ? (
        <p className="cs-gate-work" role="status">
          {t('open.wait', { seconds: waitSeconds })}
        </p>
      ) : (
        restore.isError && !isWait(restore.error) && <ErrorState error={restore.error} />
      )}
    </Card>
  );
}

/** How far the restore is; it runs in the engine, which tells of it on the feed. */
function Progress() {
  const job = useRunningJobs().find(({ kind }) => kind === 'backup.restore');
  const share = job?.progress ?? null;
  return (
    <p className="cs-gate-work" role="status">
      {backupWords('restore.running')} {share !== null && share > 0 && writePercent(share)}
    </p>
  );
}

function Card(props: {
  readonly onSubmit: () => void;
  readonly actions: ReactNode;
  readonly children: ReactNode;
}) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    props.onSubmit();
  };
  return (
    <form className="cs-gate-card" onSubmit={submit}>
      <h1>{t('restore.title')}</h1>
      {props.children}
      <div className="cs-gate-buttons">{props.actions}</div>
    </form>
  );
}
