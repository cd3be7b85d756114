import { Button, FormGroup, TextArea } from '@blueprintjs/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import type { VaultStatus } from '../../../contract/vault.ts';
import { client } from '../app/data.ts';
import { ErrorState, RelativeTime, useDelayed } from '../kit/index.ts';
import { t } from './messages.ts';
import { SecretField } from './SecretField.tsx';
import { isWait, useWait } from './useWait.ts';

type Method = 'passphrase' | 'recovery' | 'shares' | 'token';
const METHODS: readonly Method[] = ['passphrase', 'recovery', 'shares', 'token'];
const RECOVERY_SYMBOLS = 52;

const SWITCH_WORDS = {
  passphrase: 'open.usePassphrase',
  recovery: 'open.useRecovery',
  shares: 'open.useShares',
  token: 'open.useToken',
} as const;

export interface OpenVaultProps {
  readonly vaults: readonly {
    readonly name: string;
    readonly directory: string;
    readonly demo: boolean;
    readonly modifiedAtMs: number;
  }[];
  readonly folder: string;
  readonly onOpened: (status: VaultStatus) => void;
  /** The vault that is chosen at first; else the first of the list. */
  readonly chosen?: string | undefined;
  readonly onCreate: () => void;
  readonly onRestore: () => void;
  readonly onDemo: () => void;
  readonly isBusy: boolean;
}

/** Opens one of the vaults of this workstation, by passphrase or recovery key. */
export function OpenVault(props: OpenVaultProps) {
  const [directory, setDirectory] = useState(
    (props.vaults.find((vault) => vault.directory === props.chosen) ?? props.vaults[0]!).directory,
  );
  const [method, setMethod] = useState<Method>('passphrase');
  const [passphrase, setPassphrase] = useState('');
  const [recoveryKey, setRecoveryKey] = useState('');
  const shares = recoveryKey.split(/\r?\n/).filter((line) => line.trim() !== '');
  const [pin, setPin] = useState('');
  const hintId = useId();
  const keyId = useId();
  const secret = () => {
    switch (method) {
      case 'passphrase':
        return { passphrase };
      case 'recovery':
        return { recoveryKey };
      case 'shares':
        return { shares };
      case 'token':
        return { token: true as const, ...(pin === '' ? {} : { pin }) };
    }
  };
  const open = useMutation({
    mutationFn: () => client.vault.open({ directory, ...secret() }),
    onSuccess: (status) => {
      setPassphrase('');
      setRecoveryKey('');
      setPin('');
      props.onOpened(status);
    },
    // A PIN is tried once, by whoever typed it.
    onError: () => setPin(''),
  });
  const busy = open.isPending || props.isBusy;
  const showsWork = useDelayed(busy, 1000);
  const typed = recoveryKey.replace(/[\s-]/g, '').length;
  const waitSeconds = useWait(method === 'passphrase' ? open.error : null);
  const complete =
    method === 'passphrase'
      ? passphrase !== '' && waitSeconds === 0
      : method === 'recovery'
        ? typed === RECOVERY_SYMBOLS
        : method === 'token' || shares.length > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (complete && !busy) open.mutate();
  };
  return (
    <form className="cs-gate-card" onSubmit={submit}>
      <h1>{t('open.title')}</h1>
      <p className="cs-muted">{t('open.locked')}</p>
      <fieldset className="cs-vaults" disabled={busy}>
        <legend className="cs-hidden">{t('open.list')}</legend>
        {props.vaults.map((vault) => (
          <label key={vault.directory} className="cs-vault" title={vault.directory}>
            <input
              type="radio"
              name="vault"
              checked={vault.directory === directory}
              onChange={() => {
                setDirectory(vault.directory);
                open.reset();
              }}
            />
            <span className="cs-vault-name">{vault.name}</span>
            {vault.demo && <span className="cs-muted">{t('open.demo')}</span>}
            <span className="cs-vault-time cs-muted">
              {vault.modifiedAtMs > 0 ? <RelativeTime atMs={vault.modifiedAtMs} /> : t('open.outside')}
            </span>
          </label>
        ))}
      </fieldset>
      {method === 'passphrase' ? (
        <SecretField
          label={t('open.passphrase')}
          value={passphrase}
          onChange={setPassphrase}
          autoFocus
          disabled={busy}
          intent={open.isError ? 'danger' : 'none'}
        />
      ) : method === 'token' ? (
        <SecretField
          label={t('open.pin')}
          value={pin}
          onChange={setPin}
          autoFocus
          disabled={busy}
          hint={t('open.pinHint')}
          intent={open.isError ? 'danger' : 'none'}
        />
      ) : (
        <FormGroup
          label={t(method === 'recovery' ? 'open.recoveryKey' : 'open.shares')}
          labelFor={keyId}
          helperText={
            <span id={hintId}>
              {method === 'shares'
                ? t('open.sharesHint')
                : typed === 0
                  ? t('open.recoveryHint')
                  : t('open.recoveryCount', { count: typed })}
            </span>
          }
        >
          <TextArea
            id={keyId}
            fill
            autoFocus
            className="cs-recovery-field"
            rows={method === 'recovery' ? 3 : 6}
            value={recoveryKey}
            readOnly={busy}
            autoComplete="off"
            spellCheck={false}
            aria-describedby={hintId}
            onChange={(event) => setRecoveryKey(event.currentTarget.value.toUpperCase())}
          />
        </FormGroup>
      )}
      {waitSeconds > 0 ? (
        <p className="cs-gate-work" role="status">
          {t('open.wait', { seconds: waitSeconds })}
        </p>
      ) : (
        open.isError && !isWait(open.error) && <ErrorState error={open.error} />
      )}
      {showsWork && (
        <p className="cs-gate-work" role="status">
          {t('open.opening')}
          <span className="cs-progress cs-progress--open" aria-hidden="true">
            <span className="cs-progress-third" />
          </span>
        </p>
      )}
      <div className="cs-gate-buttons">
        <Button type="submit" intent="primary" loading={open.isPending} disabled={!complete || busy}>
          {t('open.submit')}
        </Button>
        {METHODS.filter((other) => other !== method).map((other) => (
          <Button
            key={other}
            variant="minimal"
            disabled={busy}
            onClick={() => {
              setMethod(other);
              setRecoveryKey('');
              open.reset();
            }}
          >
            {t(SWITCH_WORDS[other])}
          </Button>
        ))}
      </div>
      <div className="cs-gate-other">
        <Button variant="minimal" onClick={props.onCreate} disabled={busy}>
          {t('open.new')}
        </Button>
        <Button variant="minimal" onClick={props.onRestore} disabled={busy}>
          {t('open.restore')}
        </Button>
        <Button
          variant="minimal"
          onClick={props.onDemo}
          loading={props.isBusy}
          disabled={busy}
          title={t('open.demoText')}
        >
          {t('open.tryDemo')}
        </Button>
        <span className="cs-muted cs-gate-folder">{t('open.folder', { folder: props.folder })}</span>
      </div>
    </form>
  );
}
