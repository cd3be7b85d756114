import { Button } from '@blueprintjs/core';
import { useRef, useState } from 'react';
import {
  type BreakDetail,
  type BreakEvent,
  breakReasons,
  MOST_ATTACHMENT_BYTES,
} from '../../../contract/breaks.ts';
import { refetchRooms } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  FilterTabs,
  notify,
  notifyProblem,
  PlaceLink,
  TimeCell,
  writeBytes,
  writePercent,
} from '../kit/index.ts';
import { useMay } from '../privacy/reveal.tsx';
import { ACCEPTED, attachFile, saveAttachment, typeOf } from './attaching.ts';
import { t } from './messages.ts';
import { reasonWord } from './words.ts';

const TABS = ['history', 'files'] as const;
type Tab = (typeof TABS)[number];

/** What happened to a break, and what is attached to it. */
export function Evidence({ data }: { readonly data: BreakDetail }) {
  const [tab, setTab] = useState<Tab>('history');
  const count = { history: data.events.length, files: data.attachmentList.length };
  return (
    <>
      <FilterTabs
        label={t('tab.label')}
        options={TABS.map((value) => ({ value, label: t(`tab.${value}`, { count: count[value] }) }))}
        value={tab}
        onChange={setTab}
      />
      <div className="cs-evidence">
        {tab === 'history' ? <History events={data.events} /> : <Files data={data} />}
      </div>
    </>
  );
}

const written = ({ action, value, actorName }: BreakEvent): string => {
  if (action === 'assigned' && value !== null && value === actorName) return t('history.taken');
  if (action === 'reason' && value === null) return t('history.reasonNone');
  const isReason = breakReasons.some((code) => code === value);
  return t(`history.${action}`, { value: isReason ? reasonWord(value!) : (value ?? '') });
};

function History({ events }: { readonly events: readonly BreakEvent[] }) {
  return (
    <ol className="cs-break-history" aria-label={t('history.label')}>
      {events.toReversed().map((event, at) => (
        <li key={`${event.record}/${event.action}/${events.length - at}`}>
          <TimeCell atMs={event.atMs} />
          <span>
            {event.actor === 'system' ? t('history.system') : (event.actorName ?? event.actor)}{' '}
            {written(event)}{' '}
            <PlaceLink to={places.auditRecord(event.record)}>
              {t('history.record', { record: event.record })}
            </PlaceLink>
            {event.entryId !== null && (
              <>
                {' · '}
                <PlaceLink to={places.entry(event.entryId)}>{t('item.entry')}</PlaceLink>
              </>
            )}
            {event.note !== null && <span className="cs-break-note">{event.note}</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}

function Files({ data }: { readonly data: BreakDetail }) {
  const field = useRef<HTMLInputElement>(null);
  const [share, setShare] = useState<number | null>(null);
  const mayAttach = useMay('match') && data.status !== 'closed' && data.status !== 'written-off';
  const maySee = useMay('see-parties');
  const attach = async (file: File | undefined) => {
    const type = file && typeOf(file.name);
    if (!file) return;
    if (!type) {
      notify({ text: t('files.wrongType'), tone: 'danger' });
      return;
    }
    setShare(0);
    try {
      await attachFile(data.id, file, type, setShare);
      notify({ text: t('files.done', { name: file.name }), tone: 'success' });
    } catch (error) {
      notifyProblem(error);
    }
    setShare(null);
    refetchRooms(['breaks', 'compliance', 'audit']);
  };
  return (
    <div className="cs-break-files">
      {data.attachmentList.length === 0 ? (
        <p className="cs-muted">{t('files.none')}</p>
      ) : (
        <ul aria-label={t('files.label')}>
          {data.attachmentList.map((file) => (
            <li key={file.id}>
              <span>{file.removed ? t('files.erased') : file.fileName}</span>
              <span className="cs-muted">{writeBytes(file.sizeBytes)}</span>
              <TimeCell atMs={file.addedAtMs} />
              {!file.removed && maySee && (
                <Button
                  size="small"
                  variant="minimal"
                  onClick={() => void saveAttachment(data.id, file).catch(notifyProblem)}
                >
                  {t('files.open', { name: file.fileName })}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {!maySee && data.attachmentList.length > 0 && <p className="cs-muted">{t('files.masked')}</p>}
      {mayAttach && (
        <p>
          <input
            ref={field}
            type="file"
            hidden
            accept={ACCEPTED}
            onChange={(event) => {
              void attach(event.currentTarget.files?.[0]);
              event.currentTarget.value = '';
            }}
          />
          <Button size="small" disabled={share !== null} onClick={() => field.current?.click()}>
            {t('files.add')}
          </Button>{' '}
          <span className="cs-muted" role="status">
            {share === null
              ? t('files.hint', { size: writeBytes(MOST_ATTACHMENT_BYTES) })
              : t('files.sending', { share: writePercent(share) })}
          </span>
        </p>
      )}
    </div>
  );
}
