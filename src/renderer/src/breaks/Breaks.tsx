import { Button } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useDeferredValue, useMemo, useState } from 'react';
import type { BreakBucket, BreakKind, BreakRow } from '../../../contract/breaks.ts';
import { client, orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  DataTable,
  Deck,
  EmptyState,
  FilterTabs,
  KeyCaps,
  Page,
  PlaceLink,
  undoLatest,
  useDesk,
  useKeys,
  useLanguage,
  useMarks,
  usePages,
} from '../kit/index.ts';
import { useMay } from '../privacy/reveal.tsx';
import { COLUMNS_OF_ALL, COLUMNS_TO_DO } from './columns.tsx';
import { NoteDialog, type NoteQuestion, OwnerDialog, ReasonDialog, ThresholdDialog } from './Dialogs.tsx';
import { Evidence } from './Evidence.tsx';
import { Filters } from './Filters.tsx';
import { Item } from './Item.tsx';
import { t } from './messages.ts';
import { act, assign, MONEY_ROOMS, setReason } from './useActs.ts';
import { WriteOffDialog } from './WriteOffDialog.tsx';
import { sourceOf } from './words.ts';
import './breaks.css';

export const STATUSES = ['to-do', 'explained', 'written-off', 'closed', 'all'] as const;
type Status = (typeof STATUSES)[number];

export interface BreaksQuery {
  readonly status: Status;
  readonly kind: BreakKind | undefined;
  readonly age: BreakBucket | undefined;
  readonly owner: string | undefined;
  readonly currency: string | undefined;
  readonly text: string | undefined;
  readonly item: string | undefined;
}

const DONE = {
  note: 'done.noted',
  explain: 'done.explained',
  reopen: 'done.reopened',
  undoWriteOff: 'done.writeOffUndone',
} as const satisfies Record<NoteQuestion, string>;

type Asking = NoteQuestion | 'owner' | 'reason' | 'writeOff' | 'threshold';

/** The queue of what does not fit; the break, what happened to it, and the next step. */
export function Breaks({ query }: { readonly query: BreaksQuery }) {
  const router = useRouter();
  const [asking, setAsking] = useState<Asking | null>(null);
  const [isRunning, setIsRunning] = useState(false);
  const summary = useQuery(orpc.breaks.summary.queryOptions());
  const settings = useQuery(orpc.breaks.settings.queryOptions());
  const mayWork = useMay('match');
  const mayWriteOff = useMay('post');
  const maySet = useMay('close-period');
  const { status, kind, age, owner, currency, text = '' } = query;
  const [selected, setSelected] = useMarks({ status, kind, age, owner, currency, text });
  const wanted = useDeferredValue(text.trim());
  const rows = usePages(orpc.breaks.list, {
    ...(status === 'all' ? {} : { status }),
    ...(kind === undefined ? {} : { kind }),
    ...(age === undefined ? {} : { bucket: age }),
    ...(owner === undefined ? {} : { owner }),
    ...(currency === undefined ? {} : { currency }),
    ...(wanted === '' ? {} : { text: wanted }),
  });
  const activeId = query.item ?? rows.rows[0]?.id;
  const desk = useDesk(activeId, { inDialog: asking !== null });
  const detail = useQuery({
    ...orpc.breaks.get.queryOptions({ input: { id: activeId ?? '' } }),
    enabled: activeId !== undefined,
  });
  const data = detail.data?.id === activeId ? detail.data : undefined;
  const show = (next: Partial<BreaksQuery>) => router.history.replace(places.breaks({ ...query, ...next }));
  const filterBy = (next: Partial<BreaksQuery>) => show({ ...next, item: undefined });

  /** What an act is about: the selected rows, else the one under the cursor. Those that are over stay out. */
  const targets = (): readonly Pick<BreakRow, 'id' | 'owner' | 'reason'>[] => {
    const chosen = rows.rows.filter(({ id }) => selected.has(id));
    const all = chosen.length > 0 ? chosen : data ? [data] : [];
    return all.filter((row) => row.status !== 'closed' && row.status !== 'written-off');
  };
  const index = rows.rows.findIndex(({ id }) => id === activeId);
  /** What is done leaves the list, so the next one takes its place. */
  const moveOn = () => show({ item: (rows.rows[index + 1] ?? rows.rows[index - 1])?.id });
  const ask = (next: Asking, isPossible: boolean) => () => {
    if (!isPossible) return false;
    setAsking(next);
    return true;
  };
  const isOver = data?.status === 'closed' || data?.status === 'written-off';
  const canAct = mayWork && targets().length > 0;
  const isWrittenOff = data?.status === 'written-off';
  const canWriteOff = mayWriteOff && data !== undefined && !isOver && data.holding !== null;
  const take = () => {
    const me = settings.data?.me;
    if (!canAct || me === undefined || !settings.data?.people.some(({ actor }) => actor === me)) return false;
    void assign(targets(), me, settings.data);
    return true;
  };
  const noteIs: NoteQuestion = data?.status === 'explained' ? 'reopen' : 'explain';
  const canExplain = mayWork && data !== undefined && !isOver;
  const answerNote = (question: NoteQuestion, note: string) => {
    setAsking(null);
    if (!data) return;
    const { id } = data;
    const rooms = question === 'undoWriteOff' ? MONEY_ROOMS : undefined;
    void act(() => client.breaks[question]({ id, note }), t(DONE[question]), rooms ? { rooms } : {});
    if (question === 'explain' && status === 'to-do') moveOn();
  };

  useKeys(t('keys.group'), [
    { combo: 'a', label: t('keys.mine'), run: take },
    { combo: 'o', label: t('keys.owner'), run: ask('owner', canAct) },
    { combo: 'r', label: t('keys.reason'), run: ask('reason', canAct) },
    { combo: 'n', label: t('keys.note'), run: ask('note', mayWork && data !== undefined) },
    { combo: 'e', label: t('keys.explain'), run: ask(noteIs, canExplain) },
    {
      combo: 'w',
      label: t('keys.writeOff'),
      run: isWrittenOff ? ask('undoWriteOff', mayWriteOff) : ask('writeOff', canWriteOff),
    },
    { combo: 'u', label: t('keys.undo'), run: undoLatest },
    {
      combo: 's',
      label: t('keys.source'),
      run: () => {
        const to = data && sourceOf(data);
        if (to) router.history.push(to);
        return Boolean(to);
      },
    },
    {
      combo: 'p',
      label: t('keys.proof'),
      run: () => {
        if (!data?.bankAccountId) return false;
        router.history.push(places.proof(data.bankAccountId, data.sinceDate));
        return true;
      },
    },
    ...STATUSES.map((value, at) => ({
      combo: String(at + 1),
      label: t('keys.filter', { filter: t(`filter.${value}`) }),
      run: () => filterBy({ status: value }),
    })),
  ]);

  const language = useLanguage();
  // The labels are written in the language.
  const options = useMemo(() => {
    const counts = summary.data?.counts;
    const count = counts && {
      ...counts,
      'to-do': counts.open + counts['in-work'],
      all: Object.values(counts).reduce((sum, one) => sum + one, 0),
    };
    return STATUSES.map((value) => ({ value, label: t(`filter.${value}`), count: count?.[value] }));
  }, [summary.data, language]);
  const isFiltered = [kind, age, owner, currency].some((one) => one !== undefined) || text !== '';
  const days = settings.data?.unmatchedAfterDays;

  return (
    <Page
      title={t('title')}
      actions={
        <>
          <FilterTabs<Status>
            label={t('filter.label')}
            options={options}
            value={status}
            onChange={(value) => filterBy({ status: value })}
          />
          {maySet && days !== undefined && (
            <Button
              size="small"
              variant="minimal"
              title={t('list.thresholdHint')}
              onClick={() => setAsking('threshold')}
            >
              {t('list.threshold', { count: days })}
            </Button>
          )}
          <PlaceLink to={places.proofs()} className="bp6-button bp6-small bp6-minimal">
            {t('list.proof')}
          </PlaceLink>
        </>
      }
    >
      <div className="cs-breaks" ref={desk.ref}>
        <Deck
          name={t('item.region')}
          initialPercent={64}
          queue={
            <>
              <Filters
                chosen={{ kind, owner, age, currency }}
                settings={settings.data}
                summary={summary.data}
                onChange={(next) => filterBy(next as Partial<BreaksQuery>)}
              />
              <DataTable
                label={t('list.label')}
                columns={status === 'to-do' || status === 'explained' ? COLUMNS_TO_DO : COLUMNS_OF_ALL}
                rows={rows}
                rowKey={(row) => row.id}
                activeKey={activeId ?? null}
                onActive={(row) => show({ item: row.id })}
                onOpen={desk.enterItem}
                selected={selected}
                onSelect={setSelected}
                filter={{ text, onChange: (typed) => filterBy({ text: typed }), label: t('filter.text') }}
                empty={
                  isFiltered || status !== 'to-do' ? (
                    <EmptyState
                      title={t('list.emptyOther')}
                      actions={
                        isFiltered && (
                          <Button
                            onClick={() =>
                              filterBy({
                                ...{ kind: undefined, age: undefined, owner: undefined },
                                ...{ currency: undefined, text: '' },
                              })
                            }
                          >
                            {t('list.clear')}
                          </Button>
                        )
                      }
                    />
                  ) : (
                    <EmptyState
                      title={t('list.emptyTitle')}
                      text={t('list.emptyText', { count: days ?? 0 })}
                      actions={<PlaceLink to={places.proofs()}>{t('list.proof')}</PlaceLink>}
                    />
                  )
                }
              />
            </>
          }
          item={<Item query={detail} data={data} />}
          evidence={data && <Evidence data={data} />}
          decision={
            data && (
              <>
                {canAct && (
                  <>
                    <Button
                      size="small"
                      intent="primary"
                      onClick={() => void take()}
                      endIcon={<KeyCaps combo="a" />}
                    >
                      {t('act.mine')}
                    </Button>
                    <Button size="small" onClick={ask('owner', canAct)} endIcon={<KeyCaps combo="o" />}>
                      {t('act.owner')}
                    </Button>
                    <Button size="small" onClick={ask('reason', canAct)} endIcon={<KeyCaps combo="r" />}>
                      {t('act.reason')}
                    </Button>
                  </>
                )}
                {mayWork && (
                  <Button size="small" onClick={ask('note', true)} endIcon={<KeyCaps combo="n" />}>
                    {t('act.note')}
                  </Button>
                )}
                {canExplain && (
                  <Button size="small" onClick={ask(noteIs, true)} endIcon={<KeyCaps combo="e" />}>
                    {t(`act.${noteIs}`)}
                  </Button>
                )}
                {canWriteOff && (
                  <Button
                    size="small"
                    intent="danger"
                    onClick={ask('writeOff', true)}
                    endIcon={<KeyCaps combo="w" />}
                  >
                    {t('act.writeOff')}
                  </Button>
                )}
                {isWrittenOff && mayWriteOff && (
                  <Button size="small" onClick={ask('undoWriteOff', true)} endIcon={<KeyCaps combo="w" />}>
                    {t('act.undoWriteOff')}
                  </Button>
                )}
              </>
            )
          }
        />
      </div>
      {asking === 'owner' && (
        <OwnerDialog
          count={targets().length}
          settings={settings.data}
          owner={data?.owner ?? null}
          onClose={() => setAsking(null)}
          onAnswer={(next) => {
            setAsking(null);
            void assign(targets(), next, settings.data);
          }}
        />
      )}
      {asking === 'reason' && (
        <ReasonDialog
          count={targets().length}
          settings={settings.data}
          reason={data?.reason ?? null}
          onClose={() => setAsking(null)}
          onAnswer={(reason) => {
            setAsking(null);
            void setReason(targets(), reason);
          }}
        />
      )}
      {(asking === 'note' || asking === 'explain' || asking === 'reopen' || asking === 'undoWriteOff') && (
        <NoteDialog
          question={asking}
          onClose={() => setAsking(null)}
          onAnswer={(note) => answerNote(asking, note)}
        />
      )}
      {asking === 'writeOff' && data && (
        <WriteOffDialog
          data={data}
          settings={settings.data}
          isRunning={isRunning}
          onClose={() => setAsking(null)}
          onAnswer={async ({ reason, note }) => {
            const { id, amountMinor, currency: inCurrency } = data;
            setIsRunning(true);
            await act(
              () => client.breaks.writeOff({ id, amountMinor, currency: inCurrency, reason, note }),
              t('done.writtenOff'),
              { rooms: MONEY_ROOMS },
            );
            setIsRunning(false);
            setAsking(null);
          }}
        />
      )}
      {asking === 'threshold' && days !== undefined && (
        <ThresholdDialog
          days={days}
          onClose={() => setAsking(null)}
          onAnswer={(unmatchedAfterDays, note) => {
            setAsking(null);
            void act(() => client.breaks.setThreshold({ unmatchedAfterDays, note }), t('done.threshold'));
          }}
        />
      )}
    </Page>
  );
}
