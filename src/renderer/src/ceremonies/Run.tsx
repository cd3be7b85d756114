import { Button, ProgressBar } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useId, useRef, useState } from 'react';
import type { CeremonyDetail } from '../../../contract/ceremonies.ts';
import { orpc, queryClient, refetchRooms } from '../app/data.ts';
import { places } from '../app/places.ts';
import { Dialog, ErrorState, Skeleton, useKeys, useSecond, writeClockSpan } from '../kit/index.ts';
import { useMay } from '../privacy/reveal.tsx';
import { AbandonDialog, ExceptDialog, LeaveDialog } from './AskDialogs.tsx';
import { t } from './messages.ts';
import { Over } from './Over.tsx';
import { Rail } from './Rail.tsx';
import { Sheet, type SheetShown } from './Sheet.tsx';
import { StepNow } from './StepNow.tsx';
import './ceremonies.css';

type Ask = 'except' | 'abandon' | 'leave';

/** A ceremony, full screen: its steps on the left, the one whose turn it is large in the middle. */
export function Run({ ceremonyId }: { readonly ceremonyId: string }) {
  const router = useRouter();
  const standing = useQuery(orpc.ceremonies.get.queryOptions({ input: { ceremonyId } }));
  const [sheet, setSheet] = useState<SheetShown | null>(null);
  const [ask, setAsk] = useState<Ask | null>(null);
  const titleId = useId();
  const before = useRef<Element | null>(null);
  const openAsk = (next: Ask) => {
    before.current = document.activeElement;
    setAsk(next);
  };
  const closeAsk = () => {
    setAsk(null);
    // Once the dialog is gone the focus is where it was, or at the step.
    setTimeout(() => focusAgain(before.current));
  };
  const leave = () => router.history.push(places.ceremonies());
  const ceremony = standing.data;
  const isRunning = ceremony?.state === 'running';
  const may = useMay('keys');
  useLeaveGuard(sheet !== null);
  useKeys(
    t('keys.run'),
    [
      {
        combo: 'mod+e',
        label: t('keys.except'),
        disabled: ask !== null || !isRunning || !may,
        run: () => openAsk('except'),
      },
      {
        combo: 'Escape',
        label: t('keys.leave'),
        disabled: ask !== null,
        inFields: true,
        run: () => (sheet === null ? leave() : openAsk('leave')),
      },
    ],
    { inDialog: true },
  );
  const took = (next: CeremonyDetail) => {
    queryClient.setQueryData(orpc.ceremonies.get.queryKey({ input: { ceremonyId } }), next);
    refetchRooms(['ceremonies', 'audit', 'hsm']);
  };
  return (
    <Dialog
      isOpen
      className={`cs-ceremony${ceremony?.rehearsal ? ' cs-ceremony--rehearsal' : ''}`}
      canEscapeKeyClose={false}
      canOutsideClickClose={false}
      aria-labelledby={titleId}
      transitionDuration={0}
    >
      <span id={titleId} className="cs-hidden">
        {t('title')}
      </span>
      {standing.isPending && <Skeleton lines={8} />}
      {standing.isError && (
        <div className="cs-ceremony-main">
          <ErrorState error={standing.error} onRetry={() => void standing.refetch()} />
          <Button onClick={leave}>{t('over.close')}</Button>
        </div>
      )}
      {ceremony && (
        <>
          {ceremony.rehearsal && (
            <p className="cs-ceremony-banner">
              <strong>{t('run.rehearsal')}</strong> {t('run.rehearsalText')}
            </p>
          )}
          <Head
            ceremony={ceremony}
            may={may}
            onAsk={openAsk}
            onLeave={() => (sheet === null ? leave() : openAsk('leave'))}
          />
          <ProgressBar
            className="cs-ceremony-progress"
            aria-label={t('run.progress')}
            animate={false}
            stripes={false}
            intent="primary"
            value={ceremony.stepsDone / ceremony.steps}
          />
          <div className="cs-ceremony-body">
            <Rail ceremony={ceremony} />
            <section className="cs-ceremony-main">
              {sheet && <Sheet ceremony={ceremony} sheet={sheet} onAway={() => setSheet(null)} />}
              {!sheet && isRunning && <StepNow ceremony={ceremony} onTook={took} onSheet={setSheet} />}
              {!sheet && !isRunning && <Over ceremony={ceremony} onClose={leave} />}
            </section>
          </div>
          {ask === 'except' && <ExceptDialog ceremonyId={ceremonyId} onTook={took} onClose={closeAsk} />}
          {ask === 'abandon' && <AbandonDialog ceremony={ceremony} onTook={took} onClose={closeAsk} />}
          {ask === 'leave' && <LeaveDialog onLeave={leave} onClose={closeAsk} />}
        </>
      )}
    </Dialog>
  );
}

function focusAgain(before: Element | null): void {
  const isThere = before instanceof HTMLElement && before.isConnected && before.closest('.cs-ceremony');
  const target = isThere
    ? before
    : document.querySelector<HTMLElement>('.cs-step :is(input, textarea, button)');
  target?.focus();
}

/** While a share is on the screen the window asks before it goes. */
function useLeaveGuard(isHeld: boolean): void {
  useEffect(() => {
    if (!isHeld) return undefined;
    const hold = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', hold);
    return () => window.removeEventListener('beforeunload', hold);
  }, [isHeld]);
}

function Head({
  ceremony,
  may,
  onAsk,
  onLeave,
}: {
  readonly ceremony: CeremonyDetail;
  readonly may: boolean;
  readonly onAsk: (ask: Ask) => void;
  readonly onLeave: () => void;
}) {
  const { kind, keyLabel, threshold, shares, script, startedAtMs, endedAtMs } = ceremony;
  const nowMs = useSecond();
  const at = script.findIndex(({ state }) => state === 'now' || state === 'signing');
  const isRunning = ceremony.state === 'running';
  const isStuck = script[at]?.signers.some(({ signed, maySign }) => !signed && !maySign) === true;
  const mayAbandon = at !== -1 && (script[at]!.id !== 'abandon' || isStuck);
  return (
    <div className="cs-ceremony-head">
      <div>
        <h1>{t('run.title', { kind: t(`kind.${kind}`), key: keyLabel })}</h1>
        <p className="cs-muted">
          {t('run.people', { threshold, shares })}
          {isRunning && ` · ${t('run.place', { at: at + 1, all: script.length })}`}
        </p>
      </div>
      <p className="cs-ceremony-clock" role="timer">
        {writeClockSpan(Math.max(0, (endedAtMs ?? nowMs) - startedAtMs))}
      </p>
      <div className="cs-ceremony-acts">
        {isRunning && may && (
          <>
            <Button onClick={() => onAsk('except')}>{t('run.except')}</Button>
            <Button variant="minimal" intent="danger" disabled={!mayAbandon} onClick={() => onAsk('abandon')}>
              {t('run.abandon')}
            </Button>
          </>
        )}
        <Button variant="minimal" onClick={onLeave}>
          {t(isRunning ? 'run.leave' : 'over.close')}
        </Button>
      </div>
    </div>
  );
}
