import { Button, InputGroup } from '@blueprintjs/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { EvidenceDetail, EvidenceHold } from '../../../contract/compliance.ts';
import { client, orpc, refetchRooms } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  Card,
  ErrorState,
  Facts,
  notify,
  PlaceLink,
  Skeleton,
  useKeys,
  writeBytes,
  writeTimestamp,
} from '../kit/index.ts';
import { Actor } from '../operators/actors.tsx';
import { t } from './messages.ts';
import { ReasonDialog, StateTag } from './parts.tsx';

/** Content that is shown here; the rest comes out by the command line. */
const SHOWN_BYTES = 64 * 1024;

type Asked = { readonly kind: 'hold' | 'remove' } | { readonly kind: 'lift'; readonly hold: EvidenceHold };

/** One piece of evidence: what it is, its holds, its content, and what may be done with it. */
export function Item({ id }: { readonly id: string }) {
  const query = useQuery(orpc.compliance.get.queryOptions({ input: { id } }));
  const [asked, setAsked] = useState<Asked | null>(null);
  const item = query.data;
  const isThere = item !== undefined && item.state !== 'removed';
  useKeys(t('keys.group'), [
    { combo: 'h', label: t('keys.hold'), disabled: !isThere, run: () => setAsked({ kind: 'hold' }) },
    {
      combo: 'Delete',
      label: t('keys.remove'),
      disabled: item?.state !== 'due',
      run: () => setAsked({ kind: 'remove' }),
    },
  ]);
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!item) return <Skeleton lines={8} />;
  return (
    <div className="cs-stack cs-evidence">
      <h2>{item.title ?? t('erased')}</h2>
      <Card title={t('card.facts')}>
        <div className="cs-card-body">
          <ItemFacts item={item} />
        </div>
      </Card>
      <Card title={t('card.holds')}>
        <div className="cs-card-body">
          <Holds item={item} onLift={(hold) => setAsked({ kind: 'lift', hold })} />
        </div>
      </Card>
      {isThere && <Content key={id} item={item} />}
      {isThere && (
        <div className="cs-actions cs-evidence-acts">
          <Button onClick={() => setAsked({ kind: 'hold' })}>{t('act.hold')}</Button>
          <Button
            intent="danger"
            disabled={item.state !== 'due'}
            onClick={() => setAsked({ kind: 'remove' })}
          >
            {t('act.remove')}
          </Button>
          {item.state === 'held' && <span className="cs-muted">{t('why.held')}</span>}
          {item.state === 'kept' && (
            <span className="cs-muted">{t('why.kept', { date: dayAfter(item.retainUntil) })}</span>
          )}
        </div>
      )}
      {asked && <Asking asked={asked} item={item} onClose={() => setAsked(null)} />}
    </div>
  );
}

const dayAfter = (date: string): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

const By = ({
  atMs,
  by,
  record,
}: {
  readonly atMs: number;
  readonly by: string;
  readonly record: bigint;
}) => (
  <>
    {t.rich('fact.by', { time: writeTimestamp(atMs), actor: <Actor key="by" of={by} /> })}{' '}
    <PlaceLink to={places.auditRecord(record)}>{t('fact.record', { seq: record })}</PlaceLink>
  </>
);

function ItemFacts({ item }: { readonly item: EvidenceDetail }) {
  return (
    <Facts
      facts={[
        [t('fact.state'), <StateTag key="state" state={item.state} />],
        [t('fact.until'), item.retainUntil],
        [t('fact.retention'), t(`years.${item.retentionClass}`)],
        [t('fact.kind'), t(`kind.${item.kind}`)],
        [t('fact.reference'), item.reference],
        [t('fact.size'), writeBytes(item.sizeBytes)],
        [
          t('fact.hash'),
          <span key="hash" className="cs-mono cs-evidence-hash">
            {item.contentHash}
          </span>,
        ],
        [t('fact.added'), <By key="added" atMs={item.addedAtMs} by={item.addedBy} record={item.record} />],
        [t('fact.copy'), item.hasSealedCopy && item.state !== 'removed' ? t('fact.copyText') : null],
        [t('fact.note'), item.note],
        [t('fact.removed'), item.removed && <By key="removed" {...item.removed} />],
      ]}
    />
  );
}

function Holds({
  item,
  onLift,
}: {
  readonly item: EvidenceDetail;
  readonly onLift: (hold: EvidenceHold) => void;
}) {
  if (item.holdList.length === 0) return <p className="cs-muted">{t('holds.none')}</p>;
  return (
    <ul className="cs-evidence-holds">
      {item.holdList.map((hold) => (
        <li key={hold.id}>
          <span>
            <strong>{hold.reason ?? t('erased')}</strong>{' '}
            <span className="cs-muted">{hold.lifted ? t('hold.lifted') : t('hold.standing')}</span>
            <br />
            <span className="cs-muted">
              <By atMs={hold.placedAtMs} by={hold.placedBy} record={hold.placedRecord} />
            </span>
            {hold.lifted && (
              <>
                <br />
                <span className="cs-muted">
                  {t.rich('hold.liftedBecause', {
                    time: writeTimestamp(hold.lifted.atMs),
                    actor: <Actor key="by" of={hold.lifted.by} />,
                    reason: hold.lifted.reason ?? t('erased'),
                  })}{' '}
                  <PlaceLink to={places.auditRecord(hold.lifted.record)}>
                    {t('fact.record', { seq: hold.lifted.record })}
                  </PlaceLink>
                </span>
              </>
            )}
          </span>
          {!hold.lifted && (
            <Button size="small" onClick={() => onLift(hold)}>
              {t('hold.lift')}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}

/** The content as text, once it is asked for: reading is recorded. */
function Content({ item }: { readonly item: EvidenceDetail }) {
  const { id, sizeBytes } = item;
  const read = useMutation({
    mutationFn: async () => {
      const { bytes } = await client.compliance.read({ id, offset: 0, length: SHOWN_BYTES });
      return textOf(new Uint8Array(await bytes.arrayBuffer()), sizeBytes > SHOWN_BYTES);
    },
    onSuccess: () => refetchRooms(['audit']),
  });
  useKeys(t('keys.group'), [
    { combo: 'v', label: t('keys.read'), disabled: read.isPending, run: () => read.mutate() },
  ]);
  return (
    <Card
      title={t('card.content')}
      controls={
        <Button size="small" loading={read.isPending} onClick={() => read.mutate()}>
          {t('content.read')}
        </Button>
      }
    >
      <div className="cs-card-body">
        {read.isError && <ErrorState error={read.error} />}
        {read.data === undefined ? (
          <p className="cs-muted">{t('content.recorded')}</p>
        ) : read.data === null ? (
          <p>{t('content.binary', { id })}</p>
        ) : read.data === '' ? (
          <p className="cs-muted">{t('content.empty')}</p>
        ) : (
          <>
            {sizeBytes > SHOWN_BYTES && (
              <p className="cs-muted">
                {t('content.cut', { shown: writeBytes(SHOWN_BYTES), size: writeBytes(sizeBytes), id })}
              </p>
            )}
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
            <pre className="cs-evidence-text" tabIndex={0}>
              {read.data}
            </pre>
          </>
        )}
      </div>
    </Card>
  );
}

/** The bytes as text; null where they are none. A character may be cut at the end of what is shown. */
function textOf(bytes: Uint8Array, isCut: boolean): string | null {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    const text = decoder.decode(bytes, { stream: isCut });
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}

function Asking({
  asked,
  item,
  onClose,
}: {
  readonly asked: Asked;
  readonly item: EvidenceDetail;
  readonly onClose: () => void;
}) {
  const [typed, setTyped] = useState('');
  const { id, retainUntil } = item;
  const done = (text: string) => () => {
    refetchRooms(['compliance', 'audit']);
    notify({ text, tone: 'success' });
    onClose();
  };
  const hold = useMutation(orpc.compliance.hold.mutationOptions({ onSuccess: done(t('done.hold', { id })) }));
  const release = useMutation(
    orpc.compliance.release.mutationOptions({ onSuccess: done(t('done.lift', { id })) }),
  );
  const remove = useMutation(
    orpc.compliance.remove.mutationOptions({ onSuccess: done(t('done.remove', { id })) }),
  );
  if (asked.kind === 'hold') {
    return (
      <ReasonDialog
        title={t('hold.title', { id })}
        act={t('act.hold')}
        isRunning={hold.isPending}
        error={hold.error}
        onClose={onClose}
        onAct={(reason) => hold.mutate({ id, reason })}
      >
        <p>{t('hold.text', { until: retainUntil })}</p>
      </ReasonDialog>
    );
  }
  if (asked.kind === 'lift') {
    return (
      <ReasonDialog
        title={t('lift.title', { id })}
        act={t('hold.lift')}
        danger
        isRunning={release.isPending}
        error={release.error}
        onClose={onClose}
        onAct={(reason) => release.mutate({ id, holdId: asked.hold.id, reason })}
      >
        <p>{t('lift.text', { reason: asked.hold.reason ?? t('erased') })}</p>
        <p>{t('lift.after', { count: item.holds - 1, until: retainUntil })}</p>
      </ReasonDialog>
    );
  }
  return (
    <ReasonDialog
      title={t('remove.title', { id })}
      act={t('act.remove')}
      danger
      blocked={typed.trim() !== id}
      isRunning={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onAct={(reason) => remove.mutate({ id, reason })}
    >
      <Facts
        facts={[
          [t('remove.before'), t('remove.beforeText', { size: writeBytes(item.sizeBytes) })],
          [t('remove.after'), t('remove.afterText')],
        ]}
      />
      <label className="cs-evidence-type">
        {t('remove.type', { id })}
        <InputGroup
          value={typed}
          autoComplete="off"
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
    </ReasonDialog>
  );
}
