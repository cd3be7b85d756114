import { Button, DialogBody, DialogFooter } from '@blueprintjs/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { DeadLetter } from '../../../contract/connectors.ts';
import { client, orpc, refetchRooms } from '../app/data.ts';
import { places } from '../app/places.ts';
import { ReasonDialog } from '../compliance/parts.tsx';
import { Dialog, ErrorState, Facts, notify, PlaceLink, Skeleton, TimeCell } from '../kit/index.ts';
import { Actor, useActorName } from '../operators/actors.tsx';
import { useMay } from '../privacy/reveal.tsx';
import { t } from './messages.ts';
import { Source } from './Source.tsx';
import { meaningOf, whereOf } from './words.ts';

/** Bytes of a message that are shown; the rest is in what is kept. */
const MOST_SHOWN = 100_000;

/** One message that could not be taken in: why, its history, its bytes where one may see them. */
export function DeadLetterDialog({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const query = useQuery(orpc.connectors.deadLetter.queryOptions({ input: { id } }));
  const may = useMay('import');
  const [isDismissing, setDismissing] = useState(false);
  const settle = () => refetchRooms(['connectors', 'audit']);
  const retry = useMutation(
    orpc.connectors.retry.mutationOptions({
      onSuccess: (answer) => {
        const isTaken = answer.result !== 'dead-lettered';
        const text = isTaken
          ? t('done.retried', { number: answer.messageNumber ?? '' })
          : t('done.refusedAgain', { reason: meaningOf(answer.code ?? '') });
        notify({ text, tone: isTaken ? 'success' : 'danger' });
      },
      onSettled: settle,
    }),
  );
  const raw = useMutation({
    mutationFn: async () => {
      const { bytes } = await client.connectors.deadLetterRaw({ id });
      return (await bytes.slice(0, MOST_SHOWN).text()) || ' ';
    },
    onSettled: () => refetchRooms(['audit']),
  });
  const letter = query.data;
  if (isDismissing) return <DismissDialog id={id} onClose={() => setDismissing(false)} />;
  return (
    <Dialog isOpen className="cs-slot-dialog" title={t('dead.title', { id })} onClose={onClose}>
      <DialogBody>
        {query.isPending && <Skeleton lines={6} />}
        {query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
        {letter && <Story letter={letter} />}
        {raw.data !== undefined && (
          <section aria-label={t('dead.raw')}>
            <pre className="cs-mono cs-connector-raw">{raw.data}</pre>
          </section>
        )}
        {(retry.error ?? raw.error) && <ErrorState error={retry.error ?? raw.error} />}
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button onClick={onClose}>{t('act.close')}</Button>
            {raw.data === undefined && (
              <Button loading={raw.isPending} onClick={() => raw.mutate()}>
                {t('act.raw')}
              </Button>
            )}
            {may && letter?.state === 'open' && (
              <>
                <Button intent="danger" variant="outlined" onClick={() => setDismissing(true)}>
                  {t('act.dismiss')}
                </Button>
                <Button intent="primary" loading={retry.isPending} onClick={() => retry.mutate({ id })}>
                  {t('act.retry')}
                </Button>
              </>
            )}
          </>
        }
      />
    </Dialog>
  );
}

function Story({ letter }: { readonly letter: DeadLetter }) {
  const { messageNumber, dismissal, settledBy } = letter;
  const nameOf = useActorName();
  const facts: [string, ReactNode][] = [
    [t('list.state'), t(`dead.state.${letter.state}`)],
    [t('dead.source'), <Source key="source" source={letter.source} />],
    [t('dead.reason'), `${meaningOf(letter.code)} (${letter.code})`],
    [t('dead.where'), whereOf(letter) || t('dead.nowhere')],
  ];
  if (messageNumber !== null)
    facts.push([
      t('dead.became'),
      <PlaceLink key="became" to={places.instantMessage(messageNumber)}>
        {messageNumber}
      </PlaceLink>,
    ]);
  if (dismissal !== null) facts.push([t('dead.dismissal'), `${dismissal} (${nameOf(settledBy ?? '')})`]);
  return (
    <>
      <Facts facts={facts} />
      <table className="cs-plain-table cs-connector-table">
        <caption className="cs-hidden">{t('dead.history')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('dead.when')}</th>
            <th scope="col">{t('dead.how')}</th>
            <th scope="col">{t('dead.by')}</th>
            <th scope="col">{t('dead.reason')}</th>
          </tr>
        </thead>
        <tbody>
          {letter.history.map((attempt) => (
            <tr key={`${attempt.atMs} ${attempt.how} ${attempt.actor} ${attempt.code}`}>
              <td>
                <TimeCell atMs={attempt.atMs} />
              </td>
              <td>{t(`dead.how.${attempt.how}`)}</td>
              <td>
                <Actor of={attempt.actor} />
              </td>
              <td className="cs-mono">{attempt.code}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function DismissDialog({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const dismiss = useMutation(
    orpc.connectors.dismiss.mutationOptions({
      onSuccess: () => {
        refetchRooms(['connectors', 'audit']);
        notify({ text: t('done.dismissed', { id }), tone: 'success' });
        onClose();
      },
    }),
  );
  return (
    <ReasonDialog
      title={t('dismiss.title', { id })}
      act={t('act.dismiss')}
      danger
      isRunning={dismiss.isPending}
      error={dismiss.error}
      onClose={onClose}
      onAct={(reason) => dismiss.mutate({ id, reason })}
    >
      <p>{t('dismiss.text')}</p>
    </ReasonDialog>
  );
}
