/** A connector as it is set up: a folder, an endpoint or a stream. Secrets leave the page with the call and no other way. */
import { useState } from 'react';
import {
  type ConnectorKind,
  type ConnectorLine,
  type ConnectorSettings,
  connectorKinds,
} from '../../../contract/connectors.ts';
import { client, refetchRooms } from '../app/data.ts';
import { AskForm, ChoiceField, TextField } from '../hsm/AskForm.tsx';
import { SecretField } from '../vault/SecretField.tsx';
import { t } from './messages.ts';

interface Draft {
  readonly label: string;
  readonly folder: string;
  readonly port: string;
  readonly ratePerSecond: string;
  readonly servers: string;
  readonly stream: string;
  readonly durable: string;
  readonly subject: string;
  readonly user: string;
}

const EMPTY: Draft = {
  ...{ label: '', folder: '', port: '0', ratePerSecond: '1000' },
  ...{ servers: 'nats://127.0.0.1:4222', stream: '', durable: 'countersign', subject: '', user: '' },
};

function draftOf({ label, settings }: ConnectorLine): Draft {
  if (settings.kind === 'folder') return { ...EMPTY, label, folder: settings.folder };
  if (settings.kind === 'http') {
    return { ...EMPTY, label, port: String(settings.port), ratePerSecond: String(settings.ratePerSecond) };
  }
  const { stream, durable, subject = '', user = '' } = settings;
  return { ...EMPTY, label, servers: settings.servers.join(', '), stream, durable, subject, user };
}

const isNumber = (text: string, least: number, most: number) =>
  /^\d{1,6}$/.test(text.trim()) && Number(text) >= least && Number(text) <= most;

/** What the fields say; null while they do not make a connector. */
function settingsOf(kind: ConnectorKind, draft: Draft, before?: ConnectorSettings): ConnectorSettings | null {
  if (kind === 'folder') {
    const everyMs = before?.kind === 'folder' ? before.everyMs : 500;
    return draft.folder.trim() === '' ? null : { kind, folder: draft.folder.trim(), everyMs };
  }
  if (kind === 'http') {
    if (!isNumber(draft.port, 0, 65_535) || !isNumber(draft.ratePerSecond, 1, 100_000)) return null;
    return { kind, port: Number(draft.port), ratePerSecond: Number(draft.ratePerSecond) };
  }
  const servers = draft.servers.split(/[\s,]+/).filter((one) => one !== '');
  const { stream, durable, subject, user } = draft;
  if (servers.length === 0 || stream.trim() === '' || durable.trim() === '') return null;
  return {
    ...{ kind, servers, stream: stream.trim(), durable: durable.trim() },
    ackWaitMs: before?.kind === 'nats' ? before.ackWaitMs : 30_000,
    ...(subject.trim() === '' ? {} : { subject: subject.trim() }),
    ...(user.trim() === '' ? {} : { user: user.trim() }),
  };
}

/** Adds a connector, or changes one. */
export function ConnectorDialog({
  of,
  onClose,
}: {
  readonly of?: ConnectorLine;
  readonly onClose: () => void;
}) {
  const [kind, setKind] = useState<ConnectorKind>(of?.settings.kind ?? 'folder');
  const [draft, setDraft] = useState<Draft>(of ? draftOf(of) : EMPTY);
  const [secret, setSecret] = useState('');
  const put = (name: keyof Draft) => (value: string) => setDraft({ ...draft, [name]: value });
  const settings = settingsOf(kind, draft, of?.settings);
  const label = draft.label.trim();
  const work = async () => {
    if (settings === null) return '';
    const given = { label, settings, ...(secret === '' ? {} : { secret }) };
    try {
      if (of) await client.connectors.change({ id: of.id, ...given });
      else await client.connectors.add(given);
    } finally {
      // What could not be started is set up all the same.
      refetchRooms(['connectors', 'audit']);
    }
    return t(of ? 'done.changed' : 'done.added', { name: label });
  };
  const field = (name: keyof Draft, hint?: string) => (
    <TextField
      label={t(`field.${name}`)}
      value={draft[name]}
      {...(hint === undefined ? {} : { hint })}
      onChange={put(name)}
    />
  );
  return (
    <AskForm
      title={of ? t('change.title', { name: of.label }) : t('add.title')}
      act={t(of ? 'act.save' : 'act.add')}
      isComplete={settings !== null && label !== ''}
      {...{ work, onClose }}
    >
      {!of && (
        <ChoiceField
          label={t('field.kind')}
          value={kind}
          options={connectorKinds.map((value) => ({ value, label: t(`kind.${value}`) }))}
          onChange={setKind}
        />
      )}
      <p className="cs-muted">{t(`about.${kind}`)}</p>
      <TextField label={t('field.label')} value={draft.label} autoFocus onChange={put('label')} />
      {kind === 'folder' && field('folder', t('hint.folder'))}
      {kind === 'http' && (
        <>
          {field('port', t('hint.port'))}
          {field('ratePerSecond')}
        </>
      )}
      {kind === 'nats' && (
        <>
          {field('servers', t('hint.servers'))}
          {field('stream')}
          {field('durable')}
          {field('subject', t('hint.subject'))}
          {field('user')}
          <SecretField
            label={t('field.secret')}
            value={secret}
            hint={t(of ? 'hint.secretKept' : 'hint.secret')}
            onChange={setSecret}
          />
        </>
      )}
    </AskForm>
  );
}
