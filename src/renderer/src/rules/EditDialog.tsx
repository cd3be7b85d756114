/** A rule as it is written: conditions above, the action below; the dry run is the next step. */
import { Button, Callout, Checkbox, DialogBody, DialogFooter } from '@blueprintjs/core';
import { useState } from 'react';
import {
  nameTests,
  type RuleActionKind,
  type RuleChange,
  type RuleDefinition,
  type RuleRow,
  ruleActionKinds,
} from '../../../contract/rules.ts';
import { ChoiceField, TextField } from '../hsm/AskForm.tsx';
import { Dialog, KeyCaps, useKeys } from '../kit/index.ts';
import { type Draft, type DraftField, definitionOf, draftOf, EMPTY } from './drafting.ts';
import { t } from './messages.ts';
import { TrialDialog } from './TrialDialog.tsx';
import { type KnownAccounts, useAccounts } from './useAccounts.ts';

interface FieldsProps {
  readonly draft: Draft;
  readonly put: <Name extends keyof Draft>(name: Name) => (value: Draft[Name]) => void;
  readonly accounts: KnownAccounts;
}

const FIELD_LABELS: Readonly<Record<DraftField, () => string>> = {
  name: () => t('edit.name'),
  least: () => t('when.least'),
  most: () => t('when.most'),
  reason: () => t('edit.reason'),
  probability: () => t('edit.probability'),
  limit: () => t('edit.limit'),
  customer: () => t('edit.customer'),
  share: () => t('edit.share'),
  account: () => t('edit.account'),
};

const changeOf = (of: RuleRow | undefined, definition: RuleDefinition): RuleChange =>
  of
    ? { kind: 'edit', number: of.number, baseVersion: of.version, definition }
    : { kind: 'create', definition };

/** Writes a rule, or changes one. */
export function EditDialog({ of, onClose }: { readonly of?: RuleRow; readonly onClose: () => void }) {
  const [draft, setDraft] = useState<Draft>(of?.definition ? draftOf(of.definition) : EMPTY);
  const [tried, setTried] = useState<RuleDefinition | null>(null);
  const [isShown, setShown] = useState(false);
  const accounts = useAccounts();
  const { definition, wrong } = definitionOf(draft);
  const title = of ? t('edit.change', { number: String(of.number) }) : t('edit.new');
  const put: FieldsProps['put'] = (name) => (value) => setDraft((before) => ({ ...before, [name]: value }));
  const tryIt = () => {
    setShown(definition === null);
    setTried(definition);
  };
  useKeys(
    t('keys.group'),
    [{ combo: 'mod+Enter', label: t('keys.try'), disabled: tried !== null, run: tryIt, inFields: true }],
    { inDialog: true },
  );
  if (tried) {
    const change = changeOf(of, tried);
    return <TrialDialog {...{ title, change, onClose }} onBack={() => setTried(null)} />;
  }
  return (
    <Dialog isOpen className="cs-rule-dialog" title={title} canOutsideClickClose={false} onClose={onClose}>
      <DialogBody>
        <TextField label={t('edit.name')} value={draft.name} autoFocus onChange={put('name')} />
        <fieldset className="cs-rule-fields">
          <legend>{t('edit.when')}</legend>
          <Conditions {...{ draft, put, accounts }} />
        </fieldset>
        <fieldset className="cs-rule-fields">
          <legend>{t('edit.does')}</legend>
          <ChoiceField<RuleActionKind>
            label={t('edit.kind')}
            value={draft.kind}
            options={ruleActionKinds.map((value) => ({ value, label: t(`kind.${value}`) }))}
            onChange={put('kind')}
          />
          <Action {...{ draft, put, accounts }} />
        </fieldset>
        {isShown && definition === null && (
          <Callout intent="warning" role="alert">
            {t('edit.wrong', {
              fields: [...new Set(wrong)].map((field) => FIELD_LABELS[field]()).join(', ') || t('edit.when'),
            })}
          </Callout>
        )}
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button onClick={onClose}>{t('act.close')}</Button>
            <Button intent="primary" endIcon={<KeyCaps combo="mod+Enter" />} onClick={tryIt}>
              {t('act.try')}
            </Button>
          </>
        }
      />
    </Dialog>
  );
}

const choices = <const Value extends string>(values: readonly Value[], label: (value: Value) => string) => [
  { value: '' as const, label: t('when.any') },
  ...values.map((value) => ({ value, label: label(value) })),
];

function Conditions({ draft, put, accounts }: FieldsProps) {
  const toggle = (id: string) => {
    const { accounts: chosen } = draft;
    put('accounts')(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  };
  return (
    <>
      <ChoiceField
        label={t('when.direction')}
        value={draft.direction}
        options={choices(['credit', 'debit'], (value) => t(`when.${value}`))}
        onChange={put('direction')}
      />
      <TextField
        label={t('when.currency')}
        value={draft.currency}
        onChange={(value) => put('currency')(value.trim().toUpperCase())}
      />
      <TextField label={t('when.least')} value={draft.least} onChange={put('least')} />
      <TextField label={t('when.most')} value={draft.most} onChange={put('most')} />
      <ChoiceField
        label={t('edit.nameTest')}
        value={draft.nameTest}
        options={nameTests.map((value) => ({ value, label: t(`when.name.${value}`) }))}
        onChange={put('nameTest')}
      />
      <TextField label={t('when.name')} value={draft.payerName} onChange={put('payerName')} />
      <TextField label={t('when.account')} value={draft.payerAccount} onChange={put('payerAccount')} />
      <TextField label={t('when.code')} hint={t('edit.codeHint')} value={draft.code} onChange={put('code')} />
      <TextField
        label={t('when.words')}
        hint={t('edit.wordsHint')}
        value={draft.words}
        onChange={put('words')}
      />
      <ChoiceField
        label={t('when.road')}
        value={draft.road}
        options={choices(['statement', 'instant'], (value) => t(`when.${value}`))}
        onChange={put('road')}
      />
      <ChoiceField
        label={t('when.reference')}
        value={draft.reference}
        options={choices(['present', 'absent'], (value) => t(`when.${value}`))}
        onChange={put('reference')}
      />
      {accounts.bank.length > 0 && (
        <fieldset>
          <legend>{t('when.accounts')}</legend>
          {accounts.bank.map(({ id, name }) => (
            <Checkbox
              key={id}
              label={name}
              checked={draft.accounts.includes(id)}
              onChange={() => toggle(id)}
            />
          ))}
        </fieldset>
      )}
    </>
  );
}

function Action({ draft, put, accounts }: FieldsProps) {
  const limit = (
    <TextField
      label={t(draft.kind === 'stricter' ? 'edit.limitStricter' : 'edit.limit')}
      hint={t('edit.limitHint')}
      value={draft.limit}
      onChange={put('limit')}
    />
  );
  switch (draft.kind) {
    case 'ask':
      return <TextField label={t('edit.reason')} value={draft.reason} onChange={put('reason')} />;
    case 'stricter':
      return (
        <>
          <TextField
            label={t('edit.probability')}
            hint={t('edit.probabilityHint')}
            value={draft.probability}
            onChange={put('probability')}
          />
          {limit}
        </>
      );
    case 'payer':
      return <TextField label={t('edit.customer')} value={draft.customer} onChange={put('customer')} />;
    case 'shortfall':
      return (
        <>
          {limit}
          <TextField
            label={t('edit.share')}
            hint={t('edit.shareHint')}
            value={draft.share}
            onChange={put('share')}
          />
          <ChoiceField
            label={t('edit.to')}
            value={draft.to}
            options={(['bank-charges', 'discounts-allowed'] as const).map((value) => ({
              value,
              label: t(`to.${value}`),
            }))}
            onChange={put('to')}
          />
        </>
      );
    case 'book': {
      const here = accounts.bookable.filter(({ currency }) => currency === draft.currency);
      return (
        <>
          {limit}
          {here.length === 0 ? (
            <p className="cs-muted">{t('edit.accountNone')}</p>
          ) : (
            <ChoiceField
              label={t('edit.account')}
              value={draft.account}
              options={[
                { value: '', label: '' },
                ...here.map(({ id }) => ({ value: id, label: accounts.names.ledger(id) })),
              ]}
              onChange={put('account')}
            />
          )}
        </>
      );
    }
  }
}
