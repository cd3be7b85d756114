/** What several ledger screens share: the views, the point in time, reasons and sources in words. */
import { Button, InputGroup } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { orpc } from '../app/data.ts';
import { placeOf, places } from '../app/places.ts';
import { FilterTabs, notify, PlaceLink, useKeys } from '../kit/index.ts';
import { ClosePeriodDialog } from './ClosePeriodDialog.tsx';
import { DateField } from './DateField.tsx';
import { t } from './messages.ts';
import { PostDialog } from './PostDialog.tsx';

export type View = 'accounts' | 'trial' | 'journal';

const PATHS: Readonly<Record<View, () => string>> = {
  accounts: () => places.ledger(),
  trial: () => places.trialBalance(),
  journal: () => places.journal(),
};

/** Accounts, trial balance, journal: the same ledger, looked at three ways. */
export function Views({ view }: { readonly view: View }) {
  const router = useRouter();
  const go = (next: View) => router.history.push(PATHS[next]());
  useKeys(t('keys.group'), [
    { combo: '1', label: t('keys.accounts'), run: () => go('accounts') },
    { combo: '2', label: t('keys.trial'), run: () => go('trial') },
    { combo: '3', label: t('keys.journal'), run: () => go('journal') },
  ]);
  const options = (['accounts', 'trial', 'journal'] as const).map((value) => ({
    value,
    label: t(`tab.${value}`),
  }));
  return <FilterTabs label={t('tab.label')} options={options} value={view} onChange={go} />;
}

/** What can be done to the ledger itself: post by hand (`n`), close a period (`c`). */
export function LedgerActs() {
  const [open, setOpen] = useState<'post' | 'close' | null>(null);
  const periods = useQuery(orpc.ledger.periods.queryOptions());
  useKeys(t('keys.group'), [
    { combo: 'n', label: t('keys.post'), run: () => setOpen('post') },
    { combo: 'c', label: t('keys.close'), run: () => setOpen('close') },
  ]);
  const close = () => setOpen(null);
  return (
    <>
      {periods.data?.closedThrough && (
        <span className="cs-muted">{t('close.closed', { date: periods.data.closedThrough })}</span>
      )}
      <Button size="small" onClick={() => setOpen('post')}>
        {t('post.open')}
      </Button>
      <Button size="small" onClick={() => setOpen('close')}>
        {t('close.opener')}
      </Button>
      {open === 'post' && <PostDialog onClose={close} />}
      {open === 'close' && <ClosePeriodDialog onClose={close} />}
    </>
  );
}

/** The reasons the journal is filtered by, in the order of a day. */
export const REASONS = [
  'statement.line',
  'statement.difference',
  'invoice',
  'credit-note',
  'match.reallocate',
  'match.undo',
  'instant.pre-post',
  'instant.clear',
  'instant.unclear',
  'instant.release',
  'instant.return',
  'adjustment',
  'reversal',
] as const;

/** A reason of the journal in words; one that a later room adds shows as it is. */
export function Reason({ reason }: { readonly reason: string }) {
  const key = `reason.${reason}`;
  return <>{t.has(key) ? t(key) : reason}</>;
}

/** What an entry came from, as a link to it. */
export function Source({
  source,
}: {
  readonly source: { readonly kind: string; readonly id: string } | null;
}) {
  if (!source) return <span className="cs-muted">–</span>;
  const key = `source.${source.kind}`;
  const text = t.has(key) ? t(key, { id: source.id }) : t('source.other', { ...source });
  const to = placeOf(source);
  return to ? <PlaceLink to={to}>{text}</PlaceLink> : <span>{text}</span>;
}

export interface Point {
  readonly asOf: string | undefined;
  readonly knownAt: string | undefined;
}

/** A point as the query of a place. */
export function pointQuery({ asOf, knownAt }: Point): { asOf?: string; knownAt?: string } {
  return { ...(asOf === undefined ? {} : { asOf }), ...(knownAt === undefined ? {} : { knownAt }) };
}

/** The place of an account's statement up to a point. */
export const accountAt = (id: string, { asOf, knownAt }: Point) =>
  places.account(id, {
    ...(asOf === undefined ? {} : { to: asOf }),
    ...(knownAt === undefined ? {} : { knownAt }),
  });

/** Asks for a balance as of a date, as known at a record. */
export function PointInTime({
  point,
  onChange,
}: {
  readonly point: Point;
  readonly onChange: (point: Point) => void;
}) {
  return (
    <>
      <DateField
        label={t('point.asOf')}
        value={point.asOf}
        onChange={(asOf) => onChange({ ...point, asOf })}
      />
      <RecordField value={point.knownAt} onChange={(knownAt) => onChange({ ...point, knownAt })} />
    </>
  );
}

/** The record at which things are to be known; empty means now. */
export function RecordField({
  value,
  onChange,
}: {
  readonly value: string | undefined;
  readonly onChange: (record: string | undefined) => void;
}) {
  const [record, setRecord] = useState(value ?? '');
  useEffect(() => setRecord(value ?? ''), [value]);
  const commitRecord = () => {
    const text = record.trim();
    if (text !== '' && !/^\d{1,15}$/.test(text))
      return notify({ text: t('point.badRecord'), tone: 'warning' });
    if (text !== (value ?? '')) onChange(text === '' ? undefined : text);
  };
  return (
    <label className="cs-inline-field">
      {t('point.knownAt')}
      <InputGroup
        size="small"
        className="cs-record-field"
        inputMode="numeric"
        placeholder={t('point.now')}
        value={record}
        onChange={(event) => setRecord(event.currentTarget.value)}
        onBlur={commitRecord}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commitRecord();
        }}
      />
    </label>
  );
}

/** Says that what is shown is not now, and leads back. */
export function Then({
  point,
  meaning = t('point.thenMeaning'),
  onChange,
}: {
  readonly point: Point;
  /** What that means for what is shown here. */
  readonly meaning?: string;
  readonly onChange: (point: Point) => void;
}) {
  const { asOf, knownAt } = point;
  if (asOf === undefined && knownAt === undefined) return null;
  const words =
    knownAt === undefined
      ? t('point.thenAsOf', { asOf: asOf! })
      : asOf === undefined
        ? t('point.thenKnownAt', { knownAt })
        : t('point.then', { asOf, knownAt });
  return (
    <p className="cs-then" role="status">
      <strong>{words}</strong>
      <span>{meaning}</span>
      <Button size="small" onClick={() => onChange({ asOf: undefined, knownAt: undefined })}>
        {t('point.clear')}
      </Button>
    </p>
  );
}
