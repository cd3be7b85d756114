import { Button, FormGroup, InputGroup } from '@blueprintjs/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useCallback, useEffect, useId, useRef, useState } from 'react';
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
import { CardFields, CodeField, FactorChoice, type FactorKind } from './SecondFactor.tsx';
import { useSession } from './useSession.ts';

/** The vault is open and operators are named: asks who is there, and shows nothing else. */
export function SignIn({ vaultName }: { readonly vaultName: string }) {
  const [name, setName] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const [code, setCode] = useState('');
  const [pin, setPin] = useState('');
  const [chosen, setChosen] = useState<FactorKind>('code');
  /** Whether the code came with one of the demo's people; it may have passed by the time it is sent. */
  const [isDemoCode, setIsDemoCode] = useState(false);
  const nameId = useId();
  const cache = useQueryClient();
  const submitButton = useRef<HTMLButtonElement>(null);
  const isOffered = useSession(true).data?.cardOffered === true;
  const factor = isOffered ? chosen : 'code';
  const demo = useQuery(orpc.session.peopleOfDemo.queryOptions({ staleTime: 0 }));
  const signIn = useMutation({
    mutationFn: async () => {
      const isByCode = factor === 'code' && isDemoCode;
      const given = (isByCode ? await codeOfDemo(name) : undefined) ?? code;
      return client.session.signIn({ name, passphrase, ...secondFactor(factor, given, pin) });
    },
    onSuccess: (state) => cache.setQueryData(orpc.session.current.queryKey(), state),
    // A code is taken once, and a PIN is never tried again by itself.
    onError: () => {
      setCode('');
      setIsDemoCode(false);
      setPin('');
    },
  });
  const demoCard = useMutation({
    mutationFn: (of: string) => client.session.cardOfDemo({ name: of }),
    onSuccess: ({ pin: printed }) => setPin(printed),
  });
  // The button can hold the focus once it waits for nothing any more.
  useEffect(() => {
    if (demoCard.data !== undefined) submitButton.current?.focus();
  }, [demoCard.data]);
  const isBusy = signIn.isPending || demoCard.isPending;
  /** Cards of the demo's people are made when they are first asked for; their PINs are printed. */
  const takeDemoCard = (of: string): boolean => {
    const has = demo.data?.people.some((one) => one.name === of && one.cardPin !== null) === true;
    if (has) demoCard.mutate(of);
    return has;
  };
  const choose = (kind: FactorKind) => {
    signIn.reset();
    setChosen(kind);
    if (kind === 'card') takeDemoCard(name);
  };
  /** Whoever has put a card in need not type their name. */
  const holdCard = useCallback((holder: string) => setName((typed) => typed || holder), []);
  const waitSeconds = useWait(signIn.error);
  const isComplete = factor === 'code' || pin !== '';
  const isReady = name.trim() !== '' && passphrase !== '' && isComplete && waitSeconds === 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady && !isBusy) signIn.mutate();
  };
  return (
    <GateFrame>
      <form className="cs-gate-card" onSubmit={submit}>
        <h1>{t('signIn.title')}</h1>
        <p className="cs-muted">{t('signIn.text', { name: vaultName })}</p>
        <DemoPeople
          disabled={isBusy}
          onBe={(person) => {
            // The button can hold the focus once the form is complete.
            flushSync(() => {
              signIn.reset();
              setName(person.name);
              setPassphrase(person.passphrase);
              setCode(person.code ?? '');
              setIsDemoCode(true);
              if (factor === 'card' && !takeDemoCard(person.name)) setChosen('code');
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
            readOnly={isBusy}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </FormGroup>
        <SecretField
          label={t('signIn.passphrase')}
          value={passphrase}
          onChange={setPassphrase}
          disabled={isBusy}
        />
        {isOffered && <FactorChoice chosen={factor} disabled={isBusy} onChoose={choose} />}
        {factor === 'card' ? (
          <CardFields pin={pin} disabled={isBusy} onPin={setPin} onHolder={holdCard} />
        ) : (
          <CodeField
            code={code}
            disabled={isBusy}
            onChange={(typed) => {
              setCode(typed);
              setIsDemoCode(false);
            }}
          />
        )}
        {demoCard.isError && <ErrorState error={demoCard.error} />}
        {waitSeconds > 0 ? (
          <p className="cs-gate-work" role="status">
            {t('signIn.wait', { seconds: waitSeconds })}
          </p>
        ) : (
          signIn.isError &&
          !isWait(signIn.error) && (
            <div ref={intoView}>
              <ErrorState error={signIn.error} />
            </div>
          )
        )}
        <div className="cs-gate-buttons">
          <Button type="submit" ref={submitButton} intent="primary" loading={isBusy} disabled={!isReady}>
            {t('signIn.submit')}
          </Button>
          <Button variant="minimal" disabled={isBusy} onClick={() => void lockVault()}>
            {appWords('menu.lock')}
          </Button>
        </div>
      </form>
    </GateFrame>
  );
}

/** On a low screen what went wrong would stand below the edge. */
const intoView = (place: HTMLElement | null) => place?.scrollIntoView({ block: 'nearest' });

/** What is sent beside name and passphrase. A service account gives no code. */
function secondFactor(kind: FactorKind, code: string, pin: string) {
  if (kind === 'card') return { card: { pin } };
  return code.trim() === '' ? {} : { code: code.trim() };
}
