import { Button, FormGroup, InputGroup, Radio, RadioGroup } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useId } from 'react';
import { orpc } from '../app/data.ts';
import { ErrorState } from '../kit/index.ts';
import { SecretField } from '../vault/SecretField.tsx';
import { t } from './messages.ts';

/** What somebody proves themself with, beside the passphrase. */
export type FactorKind = 'code' | 'card';

/** Code or card, where this workstation reads cards. */
export function FactorChoice(props: {
  readonly chosen: FactorKind;
  readonly disabled: boolean;
  readonly onChoose: (kind: FactorKind) => void;
}) {
  return (
    <RadioGroup
      inline
      className="cs-factor-choice"
      label={t('signIn.factor')}
      selectedValue={props.chosen}
      disabled={props.disabled}
      onChange={(event) => props.onChoose(event.currentTarget.value === 'card' ? 'card' : 'code')}
    >
      <Radio value="code" label={t('signIn.byCode')} />
      <Radio value="card" label={t('signIn.byCard')} />
    </RadioGroup>
  );
}

export function CodeField(props: {
  readonly code: string;
  readonly disabled: boolean;
  readonly onChange: (code: string) => void;
}) {
  const id = useId();
  return (
    <FormGroup label={t('signIn.code')} labelFor={id} helperText={t('signIn.codeHint')}>
      <InputGroup
        id={id}
        value={props.code}
        inputMode="numeric"
        maxLength={12}
        autoComplete="one-time-code"
        readOnly={props.disabled}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      />
    </FormGroup>
  );
}

/** Says what lies in the reader of this workstation. `onHolder` hears whose card it is, where there is one alone. */
export function ReaderState({ onHolder }: { readonly onHolder?: (name: string) => void }) {
  const reader = useQuery({ ...orpc.session.cardInReader.queryOptions({ staleTime: 0 }), retry: false });
  const cards = reader.data?.cards ?? [];
  const holder = cards.length === 1 ? cards[0]!.operatorName : null;
  useEffect(() => {
    if (holder !== null) onHolder?.(holder);
  }, [holder, onHolder]);
  if (reader.isError) return <ErrorState error={reader.error} onRetry={() => void reader.refetch()} />;
  return (
    <p className="cs-card-state">
      <span role="status">{reader.isFetching ? t('card.looking') : wordsOf(cards)}</span>
      <Button
        size="small"
        variant="minimal"
        disabled={reader.isFetching}
        onClick={() => void reader.refetch()}
      >
        {t('card.again')}
      </Button>
    </p>
  );
}

function wordsOf(cards: readonly { serial: string; operatorName: string | null }[]): string {
  const [first] = cards;
  if (first === undefined) return t('card.none');
  if (cards.length > 1) return t('card.several', { count: cards.length });
  return first.operatorName === null
    ? t('card.nobodys', { serial: first.serial })
    : t('card.of', { name: first.operatorName });
}

/** The card in the reader, and its PIN. */
export function CardFields(props: {
  readonly pin: string;
  readonly disabled: boolean;
  readonly onPin: (pin: string) => void;
  readonly onHolder: (name: string) => void;
}) {
  return (
    <>
      <ReaderState onHolder={props.onHolder} />
      <SecretField
        label={t('card.pin')}
        value={props.pin}
        disabled={props.disabled}
        hint={t('card.pinHint')}
        onChange={props.onPin}
      />
    </>
  );
}
