import { Button } from '@blueprintjs/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { lockVault } from '../app/commands.ts';
import { client, orpc } from '../app/data.ts';
import { t as appWords } from '../app/messages.ts';
import { ErrorState, useDelayed } from '../kit/index.ts';
import { GateFrame } from './GateFrame.tsx';
import { t } from './messages.ts';
import { SecretField } from './SecretField.tsx';
import { isWait, useWait } from './useWait.ts';

/** The locked session: shows nothing of the vault, and lets in whoever opens a key slot of it. */
export function UnlockSession({ name }: { readonly name: string }) {
  const [passphrase, setPassphrase] = useState('');
  const cache = useQueryClient();
  const unlock = useMutation({
    mutationFn: () => client.vault.unlockSession({ secret: { passphrase } }),
    onSuccess: (status) => {
      setPassphrase('');
      cache.setQueryData(orpc.vault.status.queryKey(), status);
    },
  });
  const waitSeconds = useWait(unlock.error);
  const showsWork = useDelayed(unlock.isPending, 1000);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (passphrase !== '' && waitSeconds === 0 && !unlock.isPending) unlock.mutate();
  };
  return (
    <GateFrame>
      <form className="cs-gate-card" onSubmit={submit}>
        <h1>{t('unlock.title')}</h1>
        <p className="cs-muted">{t('unlock.text', { name })}</p>
        <SecretField
          label={t('open.passphrase')}
          value={passphrase}
          onChange={setPassphrase}
          autoFocus
          disabled={unlock.isPending}
          intent={unlock.isError ? 'danger' : 'none'}
        />
        {waitSeconds > 0 ? (
          <p className="cs-gate-work" role="status">
            {t('open.wait', { seconds: waitSeconds })}
          </p>
        ) : (
          unlock.isError && !isWait(unlock.error) && <ErrorState error={unlock.error} />
        )}
        {showsWork && (
          <p className="cs-gate-work" role="status">
            {t('unlock.proving')}
          </p>
        )}
        <div className="cs-gate-buttons">
          <Button
            type="submit"
            intent="primary"
            loading={unlock.isPending}
            disabled={passphrase === '' || waitSeconds > 0}
          >
            {t('unlock.submit')}
          </Button>
          <Button variant="minimal" disabled={unlock.isPending} onClick={() => void lockVault()}>
            {appWords('menu.lock')}
          </Button>
        </div>
      </form>
    </GateFrame>
  );
}
