import { Button, FormGroup, InputGroup } from '@blueprintjs/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import type { VaultStatus } from '../../../contract/vault.ts';
import { client } from '../app/data.ts';
import { ErrorState, useDelayed } from '../kit/index.ts';
import { holdGate } from './hold.ts';
import { t } from './messages.ts';
import { nameProblemOf } from './names.ts';
import { RecoveryKey } from './RecoveryKey.tsx';
import { SecretField } from './SecretField.tsx';
import { StrengthWords, useStrength } from './StrengthWords.tsx';
import { isAcceptable } from './strength.ts';

/** Name and passphrase, then the recovery key, then its check. */
export function CreateVault(props: {
  readonly taken: readonly string[];
  readonly onBack: () => void;
  readonly onDone: (status: VaultStatus) => void;
}) {
  const [name, setName] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const [repeat, setRepeat] = useState('');
  const nameId = useId();
  const nameHintId = useId();
  const create = useMutation({
    mutationFn: async () => {
      // The engine opens the vault it makes; the gate stays closed until the key is checked.
      holdGate(true);
      try {
        return await client.vault.create({ name: name.trim(), passphrase });
      } catch (error) {
        holdGate(false);
        throw error;
      }
    },
    onSuccess: () => {
      setPassphrase('');
      setRepeat('');
    },
  });
  const strength = useStrength(passphrase, name);
  const showsWork = useDelayed(create.isPending, 1000);
  if (create.data) {
    return (
      <RecoveryKey
        vaultName={name.trim()}
        recoveryKey={create.data.recoveryKey}
        onChecked={() => {
          const { status } = create.data;
          holdGate(false);
          props.onDone(status);
        }}
      />
    );
  }
  const trimmed = name.trim();
  const nameProblem = nameProblemOf(name, props.taken);
  const mismatch = repeat !== '' && repeat !== passphrase;
  const complete = trimmed !== '' && nameProblem === null && isAcceptable(strength) && repeat === passphrase;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (complete && !create.isPending) create.mutate();
  };
  return (
    <form className="cs-gate-card" onSubmit={submit}>
      <h1>{t('create.title')}</h1>
      <FormGroup
        label={t('create.name')}
        labelFor={nameId}
        intent={nameProblem ? 'danger' : 'none'}
        helperText={<span id={nameHintId}>{nameProblem ?? t('create.nameHint')}</span>}
      >
        <InputGroup
          id={nameId}
          autoFocus
          value={name}
          maxLength={60}
          autoComplete="off"
          spellCheck={false}
          readOnly={create.isPending}
          intent={nameProblem ? 'danger' : 'none'}
          aria-describedby={nameHintId}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </FormGroup>
      <SecretField
        label={t('create.passphrase')}
        value={passphrase}
        onChange={setPassphrase}
        disabled={create.isPending}
        hint={<StrengthWords strength={strength} />}
      />
      <SecretField
        label={t('create.repeat')}
        value={repeat}
        onChange={setRepeat}
        disabled={create.isPending}
        intent={mismatch ? 'danger' : 'none'}
        hint={mismatch ? t('create.mismatch') : ''}
      />
      {create.isError && <ErrorState error={create.error} />}
      {showsWork && (
        <p className="cs-gate-work" role="status">
          {t('create.creating')}
          <span className="cs-progress cs-progress--open" aria-hidden="true">
            <span className="cs-progress-third" />
          </span>
        </p>
      )}
      <div className="cs-gate-buttons">
        <Button
          type="submit"
          intent="primary"
          disabled={!complete || create.isPending}
          loading={create.isPending}
        >
          {t('create.submit')}
        </Button>
        <Button variant="minimal" onClick={props.onBack} disabled={create.isPending}>
          {t('create.back')}
        </Button>
      </div>
    </form>
  );
}
