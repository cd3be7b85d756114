import { Button, Callout, HTMLSelect } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useDeferredValue, useState } from 'react';
import { type KeyState, type KeyType, keyStates, keyTypes } from '../../../contract/keys.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  DataTable,
  Deck,
  EmptyState,
  FilterTabs,
  KeyCaps,
  Page,
  RelativeTime,
  useDesk,
  useKeys,
  useNow,
  writeRelative,
} from '../kit/index.ts';
import { Actions, KeyDialog, type Question, useActs } from './acts.tsx';
import { SHOWS, type Show } from './choosing.ts';
import { keyColumns } from './columns.tsx';
import { Item, KeyEvidence } from './Item.tsx';
import { t } from './messages.ts';
import { Rotations } from './Rotations.tsx';
import { Timeline } from './Timeline.tsx';
import { useInventory, useRotations } from './useInventory.ts';
import './keys.css';

const FOLLOW_MS = 2_000;

export interface KeysPlace {
  readonly show: Show;
  readonly view: 'timeline' | undefined;
  readonly type: KeyType | undefined;
  readonly state: KeyState | undefined;
  readonly purpose: string | undefined;
}

/** Every key of the vault: the inventory, the key, its history, and what can be done to it. */
export function Keys({ place, keyId }: { readonly place: KeysPlace; readonly keyId: string | undefined }) {
  const router = useRouter();
  const [text, setText] = useState('');
  const asked = useDeferredValue(text.trim());
  const [question, setQuestion] = useState<Question | null>(null);
  const { show, view, type, state, purpose } = place;
  const { rows, purposes, counts } = useInventory({ show, type, state, purpose, text: asked });
  const rotations = useRotations();
  const activeId = keyId ?? rows.rows[0]?.id;
  const desk = useDesk(activeId, { inDialog: question !== null });
  const detail = useQuery({
    ...orpc.keys.get.queryOptions({ input: { keyId: activeId ?? '' } }),
    enabled: activeId !== undefined && view === undefined,
    refetchInterval: ({ state: { data: known } }) =>
      known?.rotations.some((rotation) => rotation.state === 'running') ? FOLLOW_MS : false,
  });
  const data = detail.data?.key.id === activeId ? detail.data : undefined;

  const go = (next: Partial<KeysPlace> & { readonly keyId?: string | undefined }) => {
    const { keyId: item, ...query } = { keyId, ...place, ...next };
    router.history.replace(places.keys({ ...query, item }));
  };
  const clear = () => {
    setText('');
    go({ show: 'all', type: undefined, state: undefined, purpose: undefined, keyId: undefined });
  };
  const isFiltered =
    show !== 'all' || asked !== '' || [type, state, purpose].some((each) => each !== undefined);
  const acts = useActs(data?.key, () => setQuestion(null));
  const back = () => {
    if (desk.leaveItem()) return true;
    if (view !== undefined) go({ view: undefined });
    else if (isFiltered) clear();
    else return false;
    return true;
  };
  const ask = (next: Question) => () => {
    if (view !== undefined || !data || !acts.allowed[next]) return false;
    // What comes of it is shown also where the key no longer is one of the choice.
    go({ keyId: activeId });
    setQuestion(next);
    return true;
  };
  const turnFirst = () => {
    const [first] = rotations.open;
    if (!first?.pausable) return false;
    acts.turn(first);
    return true;
  };
  const lastRecord = data?.history.findLast(({ record }) => record !== null)?.record ?? null;
  useKeys(t('keys.group'), [
    { combo: 'r', label: t('keys.rotate'), run: ask('rotate') },
    { combo: 'm', label: t('keys.compromise'), run: ask('compromise') },
    { combo: 'e', label: t('keys.retire'), run: ask('retire') },
    { combo: 'd', label: t('keys.destroy'), run: ask('destroy') },
    {
      combo: 'v',
      label: t(view === undefined ? 'keys.timeline' : 'keys.inventory'),
      run: () => go({ view: view === undefined ? 'timeline' : undefined }),
    },
    { combo: 'c', label: t('keys.check'), run: acts.check },
    { combo: 'p', label: t('keys.pause'), run: turnFirst, disabled: rotations.open.length === 0 },
    {
      combo: 'h',
      label: t('keys.record'),
      disabled: lastRecord === null,
      run: () => router.history.push(places.auditRecord(lastRecord!)),
    },
    ...SHOWS.map((value, index) => ({
      combo: String(index + 1),
      label: t('keys.show', { show: t(`show.${value}`) }),
      run: () => go({ show: value, keyId: undefined }),
    })),
    { combo: 'Escape', label: t('keys.back'), run: back },
  ]);

  return (
    <Page
      title={t('title')}
      actions={
        <>
          <FilterTabs<Show>
            label={t('show.label')}
            options={SHOWS.map((value) => ({ value, label: t(`show.${value}`), count: counts[value] }))}
            value={show}
            onChange={(value) => go({ show: value, keyId: undefined })}
          />
          <Button
            size="small"
            aria-pressed={view !== undefined}
            endIcon={<KeyCaps combo="v" />}
            onClick={() => go({ view: view === undefined ? 'timeline' : undefined })}
          >
            {t(view === undefined ? 'view.timeline' : 'view.inventory')}
          </Button>
          <CheckNow onCheck={acts.check} />
        </>
      }
    >
      <CalendarTrouble />
      <Rotations rotations={rotations.open} onTurn={acts.turn} />
      {view === 'timeline' ? (
        <Timeline rows={rows} onOpen={(id) => go({ view: undefined, keyId: id })} />
      ) : (
        <div className="cs-keys-desk" ref={desk.ref}>
          <Deck
            name={t('item.region')}
            initialPercent={67}
            queue={
              <DataTable
                label={t('list.label')}
                columns={keyColumns}
                rows={rows}
                rowKey={(key) => key.id}
                activeKey={activeId ?? null}
                onActive={(key) => go({ keyId: key.id })}
                onOpen={desk.enterItem}
                filter={{ text, onChange: setText, label: t('list.filter') }}
                toolbar={<Filters place={place} purposes={purposes} onChange={go} />}
                empty={<Nothing show={show} isFiltered={isFiltered} onClear={clear} />}
              />
            }
            item={<Item query={detail} data={data} />}
            evidence={data && <KeyEvidence data={data} />}
            decision={data && <Actions allowed={acts.allowed} onAsk={(next) => void ask(next)()} />}
          />
        </div>
      )}
      {question && data && (
        <KeyDialog question={question} of={data.key} acts={acts} onClose={() => setQuestion(null)} />
      )}
    </Page>
  );
}

/** When the check for due keys ran and runs again, and the button that runs it. */
function CheckNow({ onCheck }: { readonly onCheck: () => void }) {
  const calendar = useQuery(orpc.keys.calendar.queryOptions());
  const nowMs = useNow();
  const entry = calendar.data?.find(({ name }) => name === 'keys.rotation-check');
  return (
    <>
      {entry && (
        <span className="cs-keys-checked cs-muted">
          {t.rich(entry.lastRunAtMs === null ? 'check.never' : 'check.when', {
            last: entry.lastRunAtMs === null ? '' : <RelativeTime key="last" atMs={entry.lastRunAtMs} />,
            next: writeRelative(Math.max(entry.nextRunAtMs, nowMs), nowMs),
          })}
        </span>
      )}
      <Button size="small" endIcon={<KeyCaps combo="c" />} onClick={onCheck}>
        {t('check.now')}
      </Button>
    </>
  );
}

/** What keeps the calendar from running stands across the top: keys may be overdue without it. */
function CalendarTrouble() {
  const calendar = useQuery(orpc.keys.calendar.queryOptions());
  // What else the calendar runs says for itself how it went; a wrong clock is a matter of all of it.
  const check = calendar.data?.find(({ name }) => name === 'keys.rotation-check');
  const findings = check?.findings ?? [];
  const codes = (['CLOCK_SET_BACK', 'RUN_FAILED'] as const).filter((code) =>
    findings.some((finding) => finding.code === code),
  );
  if (codes.length === 0) return null;
  return (
    <Callout intent="danger" icon={null} role="alert" className="cs-keys-trouble">
      {codes.map((code) => (
        <p key={code}>
          <strong>{t(`finding.${code}`)}</strong> {t(`calendar.${code}`)}
        </p>
      ))}
    </Callout>
  );
}

function Filters({
  place: { type, state, purpose },
  purposes,
  onChange,
}: {
  readonly place: KeysPlace;
  readonly purposes: readonly string[];
  readonly onChange: (next: Partial<KeysPlace> & { readonly keyId: undefined }) => void;
}) {
  return (
    <span className="cs-keys-filters">
      <HTMLSelect
        aria-label={t('filter.type')}
        value={type ?? ''}
        onChange={(event) =>
          onChange({ type: keyTypes.find((each) => each === event.currentTarget.value), keyId: undefined })
        }
      >
        <option value="">{t('filter.anyType')}</option>
        {keyTypes.map((each) => (
          <option key={each} value={each}>
            {t(`type.${each}`)}
          </option>
        ))}
      </HTMLSelect>
      <HTMLSelect
        aria-label={t('filter.state')}
        value={state ?? ''}
        onChange={(event) =>
          onChange({ state: keyStates.find((each) => each === event.currentTarget.value), keyId: undefined })
        }
      >
        <option value="">{t('filter.anyState')}</option>
        {keyStates.map((each) => (
          <option key={each} value={each}>
            {t(`state.${each}`)}
          </option>
        ))}
      </HTMLSelect>
      <HTMLSelect
        aria-label={t('filter.purpose')}
        value={purpose ?? ''}
        onChange={(event) => onChange({ purpose: event.currentTarget.value || undefined, keyId: undefined })}
      >
        <option value="">{t('filter.anyPurpose')}</option>
        {purposes.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </HTMLSelect>
    </span>
  );
}

function Nothing({
  show,
  isFiltered,
  onClear,
}: {
  readonly show: Show;
  readonly isFiltered: boolean;
  readonly onClear: () => void;
}) {
  if (!isFiltered) return <EmptyState title={t('empty.title')} text={t('empty.text')} />;
  const title = show === 'due' ? 'empty.due' : show === 'findings' ? 'empty.findings' : 'empty.filtered';
  return (
    <EmptyState
      title={t(title)}
      {...(show === 'due' ? { text: t('empty.dueText') } : {})}
      actions={<Button onClick={onClear}>{t('filter.clear')}</Button>}
    />
  );
}
