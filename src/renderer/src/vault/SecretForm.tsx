import { FormGroup, HTMLSelect, InputGroup, TextArea } from '@blueprintjs/core';
import { useId } from 'react';
import type { SlotKind } from '../../../contract/vault.ts';
import { t as gateWords } from './messages.ts';
import { SecretField } from './SecretField.tsx';
import { StrengthWords } from './StrengthWords.tsx';
import { t } from './slotMessages.ts';
import { isAcceptable, type Strength } from './strength.ts';

/** What a person typed to open a slot; null while it is not complete. */
export type TypedSecret =
  | { readonly passphrase: string }
  | { readonly recoveryKey: string }
  | { readonly shares: string[] }
  | { readonly token: true; readonly pin?: string };

const KINDS: readonly SlotKind[] = ['passphrase', 'recovery-key', 'recovery-quorum', 'token'];
const RECOVERY_SYMBOLS = 52;
const count = (text: string) => text.replace(/[\s-]/g, '').length;

export function secretOf(kind: SlotKind, text: string): TypedSecret | null {
  switch (kind) {
    case 'passphrase':
      return text === '' ? null : { passphrase: text };
    case 'recovery-key':
      return count(text) === RECOVERY_SYMBOLS ? { recoveryKey: text } : null;
    case 'recovery-quorum': {
      const shares = text.split(/\r?\n/).filter((line) => line.trim() !== '');
      return shares.length === 0 ? null : { shares };
    }
    case 'token':
      // Left empty, the settings of the workstation bring it.
      return text === '' ? { token: true } : { token: true, pin: text };
  }
}

/** Asks for the secret of a slot, of one kind or of any that the vault has. */
export function SecretForm(props: {
  readonly title: string;
  readonly kinds: readonly SlotKind[];
  readonly kind: SlotKind;
  readonly text: string;
  readonly disabled: boolean;
  readonly onChange: (kind: SlotKind, text: string) => void;
}) {
  const { kind, text, disabled } = props;
  const [kindId, textId] = [useId(), useId()];
  const kinds = KINDS.filter((one) => props.kinds.includes(one));
  return (
    <fieldset className="cs-slot-fields" disabled={disabled}>
      <legend>{props.title}</legend>
      {kinds.length > 1 && (
        <FormGroup label={t('proof.kind')} labelFor={kindId}>
          <HTMLSelect
            id={kindId}
            value={kind}
            onChange={(event) => props.onChange(event.currentTarget.value as SlotKind, '')}
            options={kinds.map((value) => ({ value, label: t(`kind.${value}`) }))}
          />
        </FormGroup>
      )}
      {kind === 'passphrase' && (
        <SecretField
          label={t('proof.passphrase')}
          value={text}
          autoFocus
          disabled={disabled}
          onChange={(next) => props.onChange(kind, next)}
        />
      )}
      {(kind === 'recovery-key' || kind === 'recovery-quorum') && (
        <FormGroup
          label={t(kind === 'recovery-key' ? 'proof.recoveryKey' : 'proof.shares')}
          labelFor={textId}
          helperText={
            kind === 'recovery-key' ? gateWords('open.recoveryCount', { count: count(text) }) : undefined
          }
        >
          <TextArea
            id={textId}
            fill
            autoFocus
            className="cs-recovery-field"
            rows={kind === 'recovery-key' ? 2 : 4}
            value={text}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => props.onChange(kind, event.currentTarget.value.toUpperCase())}
          />
        </FormGroup>
      )}
      {kind === 'token' && (
        <SecretField
          label={t('proof.pin')}
          value={text}
          autoFocus
          disabled={disabled}
          hint={t('proof.token')}
          onChange={(next) => props.onChange(kind, next)}
        />
      )}
    </fieldset>
  );
}

/** A slot to be made, as it is typed. */
export interface SlotDraft {
  readonly kind: 'passphrase' | 'recovery-key' | 'recovery-quorum';
  readonly label: string;
  readonly passphrase: string;
  readonly repeat: string;
  readonly threshold: string;
  readonly shares: string;
}

export const EMPTY_DRAFT: SlotDraft = {
  kind: 'recovery-key',
  label: '',
  passphrase: '',
  repeat: '',
  threshold: '2',
  shares: '3',
};

/** The draft as the contract takes it; null while it is not complete. */
export function slotOf(draft: SlotDraft, strength: Strength) {
  const { kind, passphrase, repeat } = draft;
  if (kind === 'recovery-key') return { kind } as const;
  if (kind === 'passphrase') {
    return isAcceptable(strength) && passphrase === repeat ? ({ kind, passphrase } as const) : null;
  }
  const [threshold, shares] = [Number(draft.threshold), Number(draft.shares)];
  const whole = Number.isInteger(threshold) && Number.isInteger(shares);
  if (!whole || threshold < 2 || threshold > shares || shares > 16) return null;
  return { kind, threshold, shares } as const;
}

/** The fields of a new slot. */
export function NewSlotForm(props: {
  readonly draft: SlotDraft;
  readonly strength: Strength;
  readonly disabled: boolean;
  readonly onChange: (draft: SlotDraft) => void;
}) {
  const { draft, strength, disabled } = props;
  const [kindId, labelId, neededId, allId] = [useId(), useId(), useId(), useId()];
  const change = (part: Partial<SlotDraft>) => props.onChange({ ...draft, ...part });
  const mismatch = draft.repeat !== '' && draft.repeat !== draft.passphrase;
  return (
    <fieldset className="cs-slot-fields" disabled={disabled}>
      <legend>{t('new.title')}</legend>
      <FormGroup label={t('new.kind')} labelFor={kindId}>
        <HTMLSelect
          id={kindId}
          value={draft.kind}
          onChange={(event) => change({ kind: event.currentTarget.value as SlotDraft['kind'] })}
          options={(['passphrase', 'recovery-key', 'recovery-quorum'] as const).map((value) => ({
            value,
            label: t(`kind.${value}`),
          }))}
        />
      </FormGroup>
      {draft.kind === 'passphrase' && (
        <>
          <SecretField
            label={t('new.passphrase')}
            value={draft.passphrase}
            disabled={disabled}
            hint={<StrengthWords strength={strength} />}
            onChange={(passphrase) => change({ passphrase })}
          />
          <SecretField
            label={t('new.repeat')}
            value={draft.repeat}
            disabled={disabled}
            intent={mismatch ? 'danger' : 'none'}
            hint={mismatch ? t('new.mismatch') : ''}
            onChange={(repeat) => change({ repeat })}
          />
        </>
      )}
      {draft.kind === 'recovery-quorum' && (
        <FormGroup
          label={t('new.threshold')}
          labelFor={neededId}
          helperText={t(slotOf(draft, strength) === null ? 'new.quorumBad' : 'new.quorumHint')}
        >
          <span className="cs-slot-quorum">
            <InputGroup
              id={neededId}
              value={draft.threshold}
              inputMode="numeric"
              onChange={(event) => change({ threshold: event.currentTarget.value })}
            />
            <label htmlFor={allId}>{t('new.shares')}</label>
            <InputGroup
              id={allId}
              value={draft.shares}
              inputMode="numeric"
              onChange={(event) => change({ shares: event.currentTarget.value })}
            />
          </span>
        </FormGroup>
      )}
      <FormGroup label={t('new.label')} labelFor={labelId} helperText={t('new.labelHint')}>
        <InputGroup
          id={labelId}
          value={draft.label}
          maxLength={80}
          autoComplete="off"
          onChange={(event) => change({ label: event.currentTarget.value })}
        />
      </FormGroup>
    </fieldset>
  );
}
