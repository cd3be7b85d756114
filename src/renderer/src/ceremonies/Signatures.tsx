import { Button, Callout, FormGroup, InputGroup } from '@blueprintjs/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import type { CeremonyDetail, CeremonyStep } from '../../../contract/ceremonies.ts';
import { client } from '../app/data.ts';
import { ErrorState } from '../kit/index.ts';
import { useMay } from '../privacy/reveal.tsx';
import { SecretField } from '../vault/SecretField.tsx';
import { t } from './messages.ts';
import { nameOf, partOf } from './steps.ts';

/** Who signs a step, one after another at this one keyboard; the next one's field has the focus. */
export function Signatures(props: {
  readonly ceremony: CeremonyDetail;
  readonly step: CeremonyStep;
  readonly onTook: (next: CeremonyDetail) => void;
}) {
  const { ceremony, step, onTook } = props;
  const may = useMay('keys');
  const open = step.signers.filter(({ signed }) => !signed);
  // Who can sign goes on; that somebody cannot is said beside it.
  const next = open.find(({ maySign }) => maySign)?.operatorId;
  const stuck = open.find(({ maySign }) => !maySign);
  return (
    <section className="cs-signatures">
      <h3>{t('sign.title')}</h3>
      <ul>
        {step.signers.map(({ operatorId, signed }) => (
          <li key={operatorId} className={operatorId === next ? 'cs-signer cs-signer--next' : 'cs-signer'}>
            <span className="cs-signer-mark" aria-hidden="true">
              {signed ? '✓' : operatorId === next ? '✎' : '·'}
            </span>
            {nameOf(ceremony, operatorId)}{' '}
            <span className="cs-muted">
              {partOf(ceremony, step, operatorId)}
              {signed ? `, ${t('sign.done')}` : operatorId === next ? `, ${t('sign.waits')}` : ''}
            </span>
          </li>
        ))}
      </ul>
      {stuck && (
        <Callout intent="warning" icon={null} className="cs-sign-stuck" role="status">
          <strong>{t('sign.cannot', { name: nameOf(ceremony, stuck.operatorId) })}</strong>{' '}
          {t('sign.cannotText')}
        </Callout>
      )}
      {next !== undefined && may && (
        <SignForm
          key={next}
          ceremonyId={ceremony.id}
          step={step}
          operatorId={next}
          name={nameOf(ceremony, next)}
          onTook={onTook}
        />
      )}
    </section>
  );
}

/** One person's passphrase, and their code where everybody shows that they are here. */
function SignForm(props: {
  readonly ceremonyId: string;
  readonly step: CeremonyStep;
  readonly operatorId: string;
  readonly name: string;
  readonly onTook: (next: CeremonyDetail) => void;
}) {
  const { ceremonyId, step, operatorId, name, onTook } = props;
  const [passphrase, setPassphrase] = useState('');
  const [code, setCode] = useState('');
  const codeId = useId();
  const needsCode = step.act === 'assemble';
  const sign = useMutation({
    mutationFn: () =>
      client.ceremonies.sign({
        ...{ ceremonyId, stepId: step.id, operatorId, passphrase },
        ...(needsCode ? { code } : {}),
      }),
    gcTime: 0,
    onSuccess: onTook,
    onError: () => {
      setPassphrase('');
      setCode('');
    },
  });
  const isComplete = passphrase !== '' && (!needsCode || /^\d{6}$/.test(code));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isComplete && !sign.isPending) sign.mutate();
  };
  return (
    <form onSubmit={submit} className="cs-sign-form">
      <SecretField
        label={t('sign.passphrase', { name })}
        value={passphrase}
        autoFocus
        disabled={sign.isPending}
        onChange={setPassphrase}
      />
      {needsCode && (
        <FormGroup label={t('sign.code', { name })} labelFor={codeId}>
          <InputGroup
            id={codeId}
            value={code}
            inputMode="numeric"
            maxLength={6}
            autoComplete="off"
            readOnly={sign.isPending}
            onChange={(event) => setCode(event.currentTarget.value.replaceAll(/\D/g, ''))}
          />
        </FormGroup>
      )}
      <Button type="submit" size="large" intent="primary" disabled={!isComplete} loading={sign.isPending}>
        {t('sign.act', { name })}
      </Button>
      {sign.isError && <ErrorState error={sign.error} />}
    </form>
  );
}
