/** The fields of a person, of a second factor, and of a choice of roles or permissions. */
import { Button, Checkbox, FormGroup, InputGroup } from '@blueprintjs/core';
import { useMutation } from '@tanstack/react-query';
import { useId } from 'react';
import { client } from '../app/data.ts';
import { ErrorState } from '../kit/index.ts';
import { SecretField } from '../vault/SecretField.tsx';
import { StrengthWords, useStrength } from '../vault/StrengthWords.tsx';
import type { PersonDraft } from './drafting.ts';
import { t } from './messages.ts';
import { QrCode } from './QrCode.tsx';
import './operators.css';

interface FieldsProps {
  readonly draft: PersonDraft;
  readonly disabled: boolean;
  readonly onChange: (draft: PersonDraft) => void;
}

/** Name and passphrase. */
export function AccountFields(props: FieldsProps) {
  const { draft, disabled, onChange } = props;
  const id = useId();
  return (
    <>
      <FormGroup label={t('field.name')} labelFor={id} helperText={t('field.nameHint')}>
        <InputGroup
          id={id}
          autoFocus
          value={draft.name}
          maxLength={60}
          autoComplete="off"
          spellCheck={false}
          readOnly={disabled}
          onChange={(event) => onChange({ ...draft, name: event.currentTarget.value })}
        />
      </FormGroup>
      <PassphraseFields {...props} />
    </>
  );
}

/** A passphrase that its holder types, twice. */
export function PassphraseFields({ draft, disabled, onChange }: FieldsProps) {
  const strength = useStrength(draft.passphrase, draft.name);
  const mismatch = draft.repeat !== '' && draft.repeat !== draft.passphrase;
  return (
    <>
      <SecretField
        label={t('field.passphrase')}
        value={draft.passphrase}
        disabled={disabled}
        hint={<StrengthWords strength={strength} />}
        onChange={(passphrase) => onChange({ ...draft, passphrase })}
      />
      <SecretField
        label={t('field.repeat')}
        value={draft.repeat}
        disabled={disabled}
        intent={mismatch ? 'danger' : 'none'}
        hint={mismatch ? t('field.mismatch') : ''}
        onChange={(repeat) => onChange({ ...draft, repeat })}
      />
    </>
  );
}

/** Shows a key for the app, and asks for the code that proves it is there. */
export function FactorFields({ draft, disabled, onChange }: FieldsProps) {
  const id = useId();
  const make = useMutation({
    mutationFn: () => client.operators.newSecondFactor({ name: draft.name }),
    onSuccess: ({ secret, otpauth }) => onChange({ ...draft, secret, otpauth, code: '' }),
  });
  return (
    <fieldset className="cs-slot-fields" disabled={disabled}>
      <legend>{t('factor.legend')}</legend>
      <p className="cs-muted">{t('factor.text')}</p>
      {draft.secret === '' ? (
        <Button
          onClick={() => make.mutate()}
          loading={make.isPending}
          disabled={draft.name.trim().length < 2}
        >
          {t('factor.make')}
        </Button>
      ) : (
        <>
          <QrCode text={draft.otpauth} label={t('factor.qr')} />
          <FormGroup label={t('factor.secret')} labelFor={`${id}-secret`}>
            <InputGroup
              id={`${id}-secret`}
              className="cs-mono"
              readOnly
              value={draft.secret.replace(/(.{4})(?=.)/g, '$1 ')}
            />
          </FormGroup>
          <FormGroup label={t('factor.address')} labelFor={`${id}-address`}>
            <InputGroup id={`${id}-address`} className="cs-mono" readOnly value={draft.otpauth} />
          </FormGroup>
          <FormGroup label={t('factor.code')} labelFor={`${id}-code`}>
            <InputGroup
              id={`${id}-code`}
              inputMode="numeric"
              maxLength={7}
              autoComplete="off"
              value={draft.code}
              onChange={(event) => onChange({ ...draft, code: event.currentTarget.value })}
            />
          </FormGroup>
        </>
      )}
      {make.isError && <ErrorState error={make.error} />}
    </fieldset>
  );
}

/** Some of a list. */
export function Choices<T extends string>(props: {
  readonly legend: string;
  readonly all: readonly T[];
  readonly chosen: readonly T[];
  readonly disabled: boolean;
  readonly words: (one: T) => string;
  readonly onToggle: (one: T) => void;
}) {
  return (
    <fieldset className="cs-slot-fields" disabled={props.disabled}>
      <legend>{props.legend}</legend>
      {props.all.map((one) => (
        <Checkbox
          key={one}
          checked={props.chosen.includes(one)}
          label={props.words(one)}
          onChange={() => props.onToggle(one)}
        />
      ))}
    </fieldset>
  );
}

/** For how long roles are lent, and why. */
export function LendingFields(props: {
  readonly minutes: number;
  readonly reason: string;
  readonly disabled: boolean;
  readonly onChange: (changed: { readonly minutes?: number; readonly reason?: string }) => void;
}) {
  const id = useId();
  const { minutes, reason, disabled, onChange } = props;
  return (
    <>
      <FormGroup label={t('lend.minutes')} labelFor={`${id}-minutes`} helperText={t('lend.minutesHint')}>
        <InputGroup
          id={`${id}-minutes`}
          inputMode="numeric"
          maxLength={2}
          value={Number.isNaN(minutes) ? '' : String(minutes)}
          readOnly={disabled}
          onChange={(event) => onChange({ minutes: Number.parseInt(event.currentTarget.value, 10) })}
        />
      </FormGroup>
      <FormGroup label={t('lend.reason')} labelFor={`${id}-reason`}>
        <InputGroup
          id={`${id}-reason`}
          maxLength={400}
          value={reason}
          readOnly={disabled}
          onChange={(event) => onChange({ reason: event.currentTarget.value })}
        />
      </FormGroup>
    </>
  );
}
