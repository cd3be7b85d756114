import { Button } from '@blueprintjs/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { lockVault } from '../app/commands.ts';
import { client } from '../app/data.ts';
import { forgetVault } from '../app/feed.ts';
import { t as appWords } from '../app/messages.ts';
import { ErrorState, notify } from '../kit/index.ts';
import { GateFrame } from '../vault/GateFrame.tsx';
import { EMPTY_PERSON, type PersonDraft, personOf } from './drafting.ts';
import { AccountFields, FactorFields } from './Fields.tsx';
import { t } from './messages.ts';
import '../vault/slots.css';
import './operators.css';

/**
 * The first screen of a vault in which nobody is named: two officers, one after the other at this
 * workstation. There is no way past it but locking the vault.
 */
export function NameOfficers({ vaultName }: { readonly vaultName: string }) {
  const [first, setFirst] = useState<PersonDraft | null>(null);
  const [person, setPerson] = useState<PersonDraft>(EMPTY_PERSON);
  const name = useMutation({
    mutationFn: async () => {
      const officers = [first, person].map((draft) => draft && personOf(draft));
      const [one, two] = officers;
      if (one && two) await client.operators.nameOfficers({ officers: [one, two] });
    },
    onSuccess: () => {
      notify({ text: t('done.named'), tone: 'success' });
      // From now on the window asks who is there.
      forgetVault();
    },
  });
  const isReady = personOf(person) !== null && !name.isPending;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isReady) return;
    if (first !== null) return name.mutate();
    setFirst(person);
    setPerson(EMPTY_PERSON);
  };
  const fields = { draft: person, disabled: name.isPending, onChange: setPerson };
  return (
    <GateFrame>
      <form className="cs-gate-card" onSubmit={submit} key={first === null ? 'first' : 'second'}>
        <h1>{t('name.title')}</h1>
        <p className="cs-muted">{t('name.text', { name: vaultName })}</p>
        <p className="cs-gate-steps" role="status">
          {first === null ? t('first.title') : t('second.title', { first: first.name.trim() })}
        </p>
        <AccountFields {...fields} />
        <FactorFields {...fields} />
        {name.isError && <ErrorState error={name.error} />}
        <div className="cs-gate-buttons">
          <Button type="submit" intent="primary" disabled={!isReady} loading={name.isPending}>
            {t(first === null ? 'act.next' : 'act.nameBoth')}
          </Button>
          {first !== null && (
            <Button
              variant="minimal"
              disabled={name.isPending}
              onClick={() => {
                setPerson(first);
                setFirst(null);
              }}
            >
              {t('act.back')}
            </Button>
          )}
          <Button variant="minimal" disabled={name.isPending} onClick={() => void lockVault()}>
            {appWords('menu.lock')}
          </Button>
        </div>
      </form>
    </GateFrame>
  );
}
