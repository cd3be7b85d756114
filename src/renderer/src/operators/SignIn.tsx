import { Button, FormGroup, InputGroup } from '@blueprintjs/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { lockVault } from '../app/commands.ts';
import { client, orpc } from '../app/data.ts';
import { t as appWords } from '../app/messages.ts';
import { ErrorState } from '../kit/index.ts';
import { GateFrame } from '../vault/GateFrame.tsx';
import { SecretField } from '../vault/SecretField.tsx';
import { isWait, useWait } from '../vault/useWait.ts';
import { codeOfDemo, DemoPeople } from './DemoPeople.tsx';
import { t } from './messages.ts';

/** The vault is open and operators are named: asks who is there, and shows nothing else. */
export function SignIn({ vaultName }: { readonly vaultName: string }) {
  const [name, setName] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const [code, setCode] = useState('');
  /** Whether the code came with one of the demo's people; it may have passed by the time it is sent. */
  const [isDemoCode, setIsDemoCode] = useState(false);
  const [nameId, codeId] = [useId(), useId()];
  const cache = useQueryClient();
  const submitButton = useRef<HTMLButtonElement>(null);
  const signIn = useMutation({
    mutationFn: async () => {
      const given = (isDemoCode ? await codeOfDemo(name) : undefined) ?? code.trim();
      return client.session.signIn({ name, passphrase, ...(given === '' ? {} : { code: given }) });
    },
    onSuccess: (state) => cache.setQueryData(orpc.session.current.queryKey(), state),
    // A code is taken once, and a passphrase is not left standing.
    onError: () => {
      setCode('');
      setIsDemoCode(false);
    },
  });
  const waitSeconds = useWait(signIn.error);
  const isReady = name.trim() !== '' && passphrase !== '' && waitSeconds === 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady && !signIn.isPending) signIn.mutate();
  };
  return (
    <GateFrame>
      <form className="cs-gate-card" onSubmit={submit}>
        <h1>{t('signIn.title')}</h1>
        <p className="cs-muted">{t('signIn.text', { name: vaultName })}</p>
        <DemoPeople
          disabled={signIn.isPending}
          onBe={(person) => {
            // The button can hold the focus once the form is complete.
            flushSync(() => {
              signIn.reset();
              setName(person.name);
              setPassphrase(person.passphrase);
              setCode(person.code ?? '');
              setIsDemoCode(true);
            });
            submitButton.current?.focus();
          }}
        />
        <FormGroup label={t('signIn.name')} labelFor={nameId}>
          <InputGroup
            id={nameId}
            value={name}
            autoFocus
            maxLength={80}
            autoComplete="off"
            spellCheck={false}
            readOnly={signIn.isPending}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </FormGroup>
        <SecretField
          label={t('signIn.passphrase')}
          value={passphrase}
          onChange={setPassphrase}
          disabled={signIn.isPending}
        />
        <FormGroup label={t('signIn.code')} labelFor={codeId} helperText={t('signIn.codeHint')}>
          <InputGroup
            id={codeId}
            value={code}
            inputMode="numeric"
            maxLength={12}
            autoComplete="one-time-code"
            readOnly={signIn.isPending}
            onChange={(event) => {
              setCode(event.currentTarget.value);
              setIsDemoCode(false);
            }}
          />
        </FormGroup>
        {waitSeconds > 0 ? (
          <p className="cs-gate-work" role="status">
            {t('signIn.wait', { seconds: waitSeconds })}
          </p>
        ) : (
          signIn.isError && !isWait(signIn.error) && <ErrorState error={signIn.error} />
        )}
        <div className="cs-gate-buttons">
          <Button
            type="submit"
            ref={submitButton}
            intent="primary"
            loading={signIn.isPending}
            disabled={!isReady}
          >
            {t('signIn.submit')}
          </Button>
          <Button variant="minimal" disabled={signIn.isPending} onClick={() => void lockVault()}>
            {appWords('menu.lock')}
          </Button>
        </div>
      </form>
    </GateFrame>
  );
}
