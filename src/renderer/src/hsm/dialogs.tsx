/** What is asked before a token or a key is made, opened or moved. PINs leave the page with the call and no other way. */
import { Checkbox } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { HsmKey, HsmRun, HsmToken, hsmAlgorithm } from '../../../contract/hsm.ts';
import { client, orpc } from '../app/data.ts';
import { SecretField } from '../vault/SecretField.tsx';
import { AskForm, ChoiceField, TextField } from './AskForm.tsx';
import { DestroyKey, RetireCopy, RetireKey } from './keyDialogs.tsx';
import type { KeyAct } from './Lists.tsx';
import { t } from './messages.ts';

export type HsmAsk =
  | { readonly kind: 'setup' | 'add' | 'make' | 'move' }
  | { readonly kind: 'open' | 'resume' | 'remove'; readonly token: HsmToken }
  | { readonly kind: 'policy'; readonly hardwareOnly: boolean }
  | { readonly kind: KeyAct; readonly key: HsmKey }
  | { readonly kind: 'resumeRun'; readonly run: HsmRun };

interface AskProps {
  readonly onClose: () => void;
}

function SetUp({ onClose }: AskProps) {
  const [name, setName] = useState('Embedded');
  const work = async () => {
    await client.hsm.setUpSoftware({ name });
    return t('done.setup', { name });
  };
  const isComplete = name.trim() !== '';
  return (
    <AskForm title={t('setup.title')} act={t('act.setup')} {...{ isComplete, work, onClose }}>
      <p>{t('setup.text')}</p>
      <TextField label={t('field.name')} value={name} autoFocus onChange={setName} />
    </AskForm>
  );
}

type ProfileId = HsmToken['profile'];
const EMPTY_TOKEN = { name: '', library: '', configuration: '', serial: '', label: '', pin: '' };

function AddToken({ onClose }: AskProps) {
  const profiles = useQuery(orpc.hsm.profiles.queryOptions());
  const [profile, setProfile] = useState<ProfileId>('thales-luna');
  const [draft, setDraft] = useState(EMPTY_TOKEN);
  const known = profiles.data?.filter(({ kind }) => kind === 'hardware') ?? [];
  const chosen = known.find(({ id }) => id === profile);
  const put = (name: keyof typeof EMPTY_TOKEN) => (value: string) => setDraft({ ...draft, [name]: value });
  const work = async () => {
    const { name, pin, ...rest } = draft;
    const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value.trim() !== ''));
    await client.hsm.addToken({ name, profile, pin, ...given });
    return t('done.added', { name });
  };
  const isComplete = draft.name.trim() !== '' && draft.pin !== '';
  return (
    <AskForm title={t('add.title')} act={t('act.add')} {...{ isComplete, work, onClose }}>
      <ChoiceField
        label={t('add.profile')}
        value={profile}
        options={known.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={setProfile}
      />
      <TextField label={t('field.name')} value={draft.name} autoFocus onChange={put('name')} />
      <TextField
        label={t('add.library')}
        hint={t('add.libraryHint')}
        value={draft.library}
        onChange={put('library')}
      />
      {chosen?.variable && (
        <TextField
          label={t('add.configuration', { variable: chosen.variable })}
          value={draft.configuration}
          onChange={put('configuration')}
        />
      )}
      <TextField label={t('add.label')} value={draft.label} onChange={put('label')} />
      <TextField
        label={t('add.serial')}
        hint={t('add.serialHint')}
        value={draft.serial}
        onChange={put('serial')}
      />
      <SecretField
        label={t('field.pin')}
        value={draft.pin}
        hint={t('add.pinHint', { form: chosen?.pin ?? '' })}
        onChange={put('pin')}
      />
    </AskForm>
  );
}

function OpenToken({
  token,
  isResume,
  onClose,
}: AskProps & { readonly token: HsmToken; readonly isResume: boolean }) {
  const [pin, setPin] = useState('');
  const { id: tokenId, name } = token;
  const needsPin = token.kind === 'hardware' && (!isResume || token.lastError === 'HSM_PIN_WRONG');
  const work = async () => {
    const input = { tokenId, ...(pin === '' ? {} : { pin }) };
    await (isResume ? client.hsm.resume(input) : client.hsm.openSession(input));
    return t('done.opened', { name });
  };
  const isComplete = !needsPin || pin !== '';
  return (
    <AskForm
      title={t('open.title', { name })}
      act={t(isResume ? 'act.resume' : 'act.open')}
      {...{ isComplete, work, onClose }}
    >
      <p>{t('open.text')}</p>
      {token.pinAlmostLocked && (
        <p>
          <strong>{t('open.almost')}</strong>
        </p>
      )}
      {token.kind === 'hardware' && (
        <SecretField label={t('field.pin')} value={pin} autoFocus onChange={setPin} />
      )}
    </AskForm>
  );
}

function RemoveToken({ token, onClose }: AskProps & { readonly token: HsmToken }) {
  const { id: tokenId, name } = token;
  const work = async () => {
    await client.hsm.removeToken({ tokenId });
    return t('done.removed', { name });
  };
  return (
    <AskForm
      title={t('remove.title', { name })}
      act={t('act.remove')}
      intent="danger"
      isComplete
      {...{ work, onClose }}
    >
      <p>{t('remove.text')}</p>
    </AskForm>
  );
}

/** One click would put every software token out of use, and only two people take it back. */
function SetPolicy({ hardwareOnly, onClose }: AskProps & { readonly hardwareOnly: boolean }) {
  const which = hardwareOnly ? 'on' : 'off';
  const work = async () => {
    await client.hsm.setPolicy({ hardwareOnly });
    return t('done.policy');
  };
  return (
    <AskForm
      title={t(`policy.title.${which}`)}
      act={t(hardwareOnly ? 'policy.refuse' : 'policy.allow')}
      intent="danger"
      isComplete
      {...{ work, onClose }}
    >
      <p>{t(`policy.text.${which}`)}</p>
    </AskForm>
  );
}

const tokenOptions = (tokens: readonly HsmToken[]) =>
  tokens.map(({ id, name }) => ({ value: String(id), label: name }));

function MakeKey({ tokens, onClose }: AskProps & { readonly tokens: readonly HsmToken[] }) {
  const open = tokens.filter(({ session }) => session === 'open');
  const [tokenId, setTokenId] = useState(String(open[0]?.id ?? ''));
  const [algorithm, setAlgorithm] = useState<(typeof hsmAlgorithm.options)[number]>('Ed25519');
  const [name, setName] = useState('');
  const [mayMigrate, setMayMigrate] = useState(false);
  const token = open.find(({ id }) => String(id) === tokenId);
  const possible = token?.algorithms.filter(({ way }) => way !== 'none').map((one) => one.algorithm) ?? [];
  const work = async () => {
    await client.hsm.generateKey({ tokenId: Number(tokenId), name, algorithm, mayMigrate });
    return t('done.made', { name });
  };
  const isComplete = name.trim() !== '' && token !== undefined;
  return (
    <AskForm title={t('make.title')} act={t('act.make')} {...{ isComplete, work, onClose }}>
      <TextField label={t('field.name')} value={name} autoFocus onChange={setName} />
      <ChoiceField
        label={t('make.token')}
        value={tokenId}
        options={tokenOptions(open)}
        onChange={setTokenId}
      />
      <ChoiceField
        label={t('key.algorithm')}
        value={algorithm}
        options={possible.map((one) => ({ value: one, label: one }))}
        onChange={setAlgorithm}
      />
      <Checkbox
        label={t('make.migrates')}
        checked={mayMigrate}
        onChange={(event) => setMayMigrate(event.currentTarget.checked)}
      />
    </AskForm>
  );
}

function runTold({ keys }: HsmRun): string {
  const count = (...wanted: string[]) => keys.filter(({ outcome }) => wanted.includes(outcome)).length;
  return t('done.run', {
    moved: count('moved'),
    replaced: count('replaced'),
    left: count('waiting', 'failed'),
  });
}

function MoveKeys({ tokens, onClose }: AskProps & { readonly tokens: readonly HsmToken[] }) {
  const [from, setFrom] = useState(String(tokens[0]?.id ?? ''));
  const [to, setTo] = useState(String(tokens[1]?.id ?? ''));
  const [isBackup, setBackup] = useState(false);
  const [soPin, setSoPin] = useState('');
  const work = async () => {
    const ends = { sourceId: Number(from), targetId: Number(to) };
    const purpose = isBackup ? 'backup' : 'migration';
    return runTold(await client.hsm.migrate({ ...ends, purpose, ...(soPin === '' ? {} : { soPin }) }));
  };
  const isComplete = from !== to && from !== '' && to !== '';
  return (
    <AskForm title={t('move.title')} act={t('act.move')} {...{ isComplete, work, onClose }}>
      <p>{t('move.text')}</p>
      <ChoiceField label={t('move.from')} value={from} options={tokenOptions(tokens)} onChange={setFrom} />
      <ChoiceField label={t('move.to')} value={to} options={tokenOptions(tokens)} onChange={setTo} />
      <Checkbox
        label={t('move.backup')}
        checked={isBackup}
        onChange={(event) => setBackup(event.currentTarget.checked)}
      />
      <SecretField label={t('field.soPin')} hint={t('field.soPinHint')} value={soPin} onChange={setSoPin} />
    </AskForm>
  );
}

function ResumeRun({ run, onClose }: AskProps & { readonly run: HsmRun }) {
  const [soPin, setSoPin] = useState('');
  const work = async () =>
    runTold(await client.hsm.resumeRun({ id: run.id, ...(soPin === '' ? {} : { soPin }) }));
  return (
    <AskForm title={t('move.title')} act={t('act.resumeRun')} isComplete {...{ work, onClose }}>
      <p>{t('move.text')}</p>
      <SecretField
        label={t('field.soPin')}
        hint={t('field.soPinHint')}
        value={soPin}
        autoFocus
        onChange={setSoPin}
      />
    </AskForm>
  );
}

/** The dialog of an act. */
export function HsmDialog({
  ask,
  tokens,
  onClose,
}: {
  readonly ask: HsmAsk;
  readonly tokens: readonly HsmToken[];
  readonly onClose: () => void;
}) {
  switch (ask.kind) {
    case 'setup':
      return <SetUp onClose={onClose} />;
    case 'add':
      return <AddToken onClose={onClose} />;
    case 'make':
      return <MakeKey {...{ tokens, onClose }} />;
    case 'move':
      return <MoveKeys {...{ tokens, onClose }} />;
    case 'retire':
      return <RetireKey of={ask.key} onClose={onClose} />;
    case 'retireCopy':
      return <RetireCopy of={ask.key} tokens={tokens} onClose={onClose} />;
    case 'destroy':
      return <DestroyKey of={ask.key} onClose={onClose} />;
    case 'resumeRun':
      return <ResumeRun run={ask.run} onClose={onClose} />;
    case 'policy':
      return <SetPolicy hardwareOnly={ask.hardwareOnly} onClose={onClose} />;
    case 'remove':
      return <RemoveToken token={ask.token} onClose={onClose} />;
    default:
      return <OpenToken token={ask.token} isResume={ask.kind === 'resume'} onClose={onClose} />;
  }
}
