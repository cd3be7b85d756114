/** What is asked before a key, or one copy of it, is used no more. */
import { useState } from 'react';
import type { HsmKey, HsmToken } from '../../../contract/hsm.ts';
import { client } from '../app/data.ts';
import { AskForm, ChoiceField, TextField } from './AskForm.tsx';
import { t } from './messages.ts';

interface KeyAskProps {
  readonly of: HsmKey;
  readonly onClose: () => void;
}

/** The key signs no more, anywhere. */
export function RetireKey({ of: { keyId, name }, onClose }: KeyAskProps) {
  const [reason, setReason] = useState('');
  const work = async () => {
    await client.hsm.retireKey({ keyId, reason });
    return t('done.retired', { name });
  };
  const isComplete = reason.trim() !== '';
  return (
    <AskForm
      title={t('retire.title', { name })}
      act={t('act.retire')}
      intent="danger"
      {...{ isComplete, work, onClose }}
    >
      <p>{t('retire.text')}</p>
      <TextField label={t('retire.reason')} value={reason} autoFocus onChange={setReason} />
    </AskForm>
  );
}

/** One copy is used no more: the end of a migration. */
export function RetireCopy({
  of: { keyId, name, copies },
  tokens,
  onClose,
}: KeyAskProps & { readonly tokens: readonly HsmToken[] }) {
  const holders = copies.filter(({ state }) => state === 'active').map(({ tokenId }) => tokenId);
  const [tokenId, setTokenId] = useState(String(holders[0] ?? ''));
  const work = async () => {
    await client.hsm.retireCopy({ keyId, tokenId: Number(tokenId) });
    return t('done.retired', { name });
  };
  const options = tokens
    .filter(({ id }) => holders.includes(id))
    .map((token) => ({ value: String(token.id), label: token.name }));
  return (
    <AskForm
      title={t('retireCopy.title', { name })}
      act={t('act.retireCopy')}
      intent="danger"
      isComplete={tokenId !== ''}
      {...{ work, onClose }}
    >
      <p>{t('retireCopy.text')}</p>
      <ChoiceField label={t('key.where')} value={tokenId} options={options} onChange={setTokenId} />
    </AskForm>
  );
}

/** Retired copies leave their tokens for good; the name is typed. */
export function DestroyKey({ of: { keyId, name }, onClose }: KeyAskProps) {
  const [typed, setTyped] = useState('');
  const work = async () => {
    await client.hsm.destroyKey({ keyId });
    return t('done.destroyed', { name });
  };
  return (
    <AskForm
      title={t('destroy.title', { name })}
      act={t('act.destroy')}
      intent="danger"
      isComplete={typed === name}
      {...{ work, onClose }}
    >
      <p>{t('destroy.text')}</p>
      <TextField label={t('destroy.type', { name })} value={typed} autoFocus onChange={setTyped} />
    </AskForm>
  );
}
