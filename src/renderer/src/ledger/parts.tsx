/** What several ledger screens share: the views, the point in time, reasons and sources in words. */
import { Button, InputGroup } from '@blueprintjs/core';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { placeOf, places } from '../app/places.ts';
import { FilterTabs, notify, PlaceLink, useKeys } from '../kit/index.ts';
import { t } from './messages.ts';

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

/** Asks for a balance as of a date, as known at a record. */
export function PointInTime({
  point,
  onChange,
}: {
  readonly point: Point;
  readonly onChange: (point: Point) => void;
}) {
  const [record, setRecord] = useState(point.knownAt ?? '');
  const commitRecord = () => {
    const text = record.trim();
    if (text !== '' && !/^\d{1,15}$/.test(text))
      return notify({ text: t('point.badRecord'), tone: 'warning' });
    onChange({ ...point, knownAt: text === '' ? undefined : text });
  };
  return (
    <>
      <label className="cs-inline-field">
        {t('point.asOf')}
        <InputGroup
          size="small"
          type="date"
          value={point.asOf ?? ''}
          onChange={(event) => onChange({ ...point, asOf: event.currentTarget.value || undefined })}
        />
      </label>
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
      {(point.asOf ?? point.knownAt) !== undefined && (
        <Button
          size="small"
          variant="minimal"
          onClick={() => {
            setRecord('');
            onChange({ asOf: undefined, knownAt: undefined });
          }}
        >
          {t('point.clear')}
        </Button>
      )}
    </>
  );
}
