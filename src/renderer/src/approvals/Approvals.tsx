import { Button } from '@blueprintjs/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { ApprovalDetail } from '../../../contract/approvals.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  DataTable,
  Deck,
  EmptyState,
  FilterTabs,
  KeyCaps,
  notify,
  Page,
  PlaceLink,
  useDesk,
  useKeys,
  useLanguage,
  usePages,
} from '../kit/index.ts';
import { PacketDialog } from '../packets/index.ts';
import { AnswerDialog, WithdrawDialog } from './AnswerDialog.tsx';
import { ApprovalsTabs } from './ApprovalsTabs.tsx';
import { BulkDialog } from './BulkDialog.tsx';
import { bring } from './bring.ts';
import { Carried } from './Carried.tsx';
import { columns } from './columns.tsx';
import { ACT_KEYS, type Act, actsOf, Decision } from './Decision.tsx';
import { type Chosen, countOf, Filters, NO_FILTER } from './Filters.tsx';
import { Item } from './Item.tsx';
import { t } from './messages.ts';
import { kindWords } from './parts.tsx';
import { BOXES, type Box, type Bulk, bulkOf } from './reading.ts';
import { makeReceipt } from './useActs.ts';
import './approvals.css';

export interface ApprovalsPlace extends Chosen {
  readonly box: Box;
  readonly item: string | undefined;
}

type Open = 'agree' | 'veto' | 'withdraw' | 'packet' | 'bulk' | 'filter' | null;

/** Why these are not answered together, in a sentence. */
function whyNot(bulk: Exclude<Bulk, { kind: 'ready' }>): string {
  switch (bulk.kind) {
    case 'none':
      return t('bulk.none');
    case 'not-yours':
      return t('bulk.not-yours', { count: bulk.count });
    case 'procedures':
      return t('bulk.procedures', { kinds: bulk.procedures.map(kindWords).join(', ') });
    case 'policies':
      return t('bulk.policies', { titles: bulk.titles.join(', ') });
    case 'too-many':
      return t('bulk.too-many', { most: bulk.most });
  }
}

/** The inbox: what waits on the left; on the right what would run, who has answered, and the answer. */
export function Approvals(place: ApprovalsPlace) {
  const { box, item, ...chosen } = place;
  const router = useRouter();
  const [open, setOpen] = useState<Open>(null);
  /** The request that a dialog is about, as it was shown: the queue may move below it. */
  const [subject, setSubject] = useState<ApprovalDetail | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [showsRaw, setShowsRaw] = useState(false);
  const waiting = useQuery(orpc.approvals.waiting.queryOptions());
  const rows = usePages(orpc.approvals.list, inputOf(place));
  const activeId = item ?? rows.rows[0]?.id;
  const detail = useQuery({
    ...orpc.approvals.get.queryOptions({ input: { requestId: activeId ?? '' } }),
    enabled: activeId !== undefined,
    placeholderData: keepPreviousData,
  });
  const data = detail.data?.id === activeId ? detail.data : undefined;
  const acts = actsOf(data);
  const bulk = bulkOf(rows.rows.filter(({ id }) => selected.has(id)));
  const show = (next: Partial<ApprovalsPlace>) =>
    router.history.replace(places.approvals({ box, item, ...chosen, ...next }));
  const toBox = (value: Box) => {
    setSelected(new Set());
    show({ box: value, item: undefined });
  };
  const index = rows.rows.findIndex(({ id }) => id === activeId);
  /** An answer moves on at once: the answered line leaves the box. */
  const moveOn = () => {
    if (box === 'to-answer') show({ item: (rows.rows[index + 1] ?? rows.rows[index - 1])?.id });
  };
  const act = (what: Act) => {
    if (!acts.includes(what) || data === undefined) return false;
    if (what === 'receipt') void makeReceipt(data.executedRecord!);
    else if (what === 'bring') bring(data, router.history.push);
    else {
      setSubject(data);
      setOpen(what);
    }
    return true;
  };
  const openBulk = () => {
    if (bulk.kind === 'ready') setOpen('bulk');
    else notify({ text: whyNot(bulk), tone: bulk.kind === 'none' ? 'none' : 'warning' });
    return true;
  };
  const source = data?.rendered.sources[0];
  const desk = useDesk(activeId, { isShown: data !== undefined, inDialog: open !== null });
  const go = (to: string | undefined) => to !== undefined && router.history.push(to);
  useKeys(t('keys.group'), [
    ...(['agree', 'veto', 'withdraw', 'bring', 'packet', 'receipt'] as const).map((what) => ({
      combo: ACT_KEYS[what],
      label: t(`keys.${what}`),
      disabled: !acts.includes(what),
      run: () => act(what),
    })),
    { combo: 'shift+a', label: t('keys.bulk'), run: openBulk },
    { combo: 't', label: t('keys.raw'), disabled: !data, run: () => setShowsRaw(!showsRaw) },
    { combo: 'o', label: t('keys.source'), disabled: !source, run: () => go(source?.to) },
    {
      combo: 'y',
      label: t('keys.policy'),
      disabled: !data,
      run: () => go(data && places.policies({ policy: data.policyId })),
    },
    {
      combo: 'h',
      label: t('keys.record'),
      disabled: !data,
      run: () => go(data && places.auditRecord(data.executedRecord ?? data.askedRecord)),
    },
    { combo: 'f', label: t('keys.filter'), run: () => setOpen('filter') },
    ...BOXES.map((value, at) => ({
      combo: String(at + 1),
      label: t('keys.box', { box: t(`box.${value}`) }),
      run: () => toBox(value),
    })),
  ]);
  const language = useLanguage();
  // The labels are written in the language.
  const boxes = useMemo(() => {
    const counts = { 'to-answer': waiting.data?.toAnswer, mine: waiting.data?.mine };
    return BOXES.map((value) => ({
      value,
      label: t(`box.${value}`),
      count: value in counts ? counts[value as keyof typeof counts] : undefined,
    }));
  }, [waiting.data, language]);
  const close = () => setOpen(null);
  return (
    <Page
      title={t('title')}
      actions={
        <>
          <FilterTabs<Box> label={t('box.label')} options={boxes} value={box} onChange={toBox} />
          <ApprovalsTabs current="requests" />
          <Carried onTaken={({ id }) => show({ box: 'all', item: id })} />
        </>
      }
    >
      <div className="cs-approvals" ref={desk.ref}>
        <Deck
          name={t('item.region')}
          initialPercent={50}
          queue={
            <DataTable
              label={t('list.label')}
              columns={columns}
              rows={rows}
              rowKey={(row) => row.id}
              activeKey={activeId ?? null}
              onActive={(row) => show({ item: row.id })}
              onOpen={() => void (act('agree') || desk.enterItem())}
              selected={selected}
              onSelect={setSelected}
              toolbar={
                <>
                  <Filters
                    chosen={chosen}
                    isOpen={open === 'filter'}
                    onOpen={(isOpen) => setOpen(isOpen ? 'filter' : null)}
                    onChange={(next) => show({ ...next, item: undefined })}
                  />
                  {selected.size > 0 && (
                    <Button
                      size="small"
                      intent={bulk.kind === 'ready' ? 'primary' : 'none'}
                      endIcon={<KeyCaps combo="shift+a" />}
                      onClick={openBulk}
                    >
                      {t('act.answerSelected', { count: selected.size })}
                    </Button>
                  )}
                </>
              }
              empty={<Nothing box={box} isFiltered={countOf(chosen) > 0} onClear={() => show(NO_FILTER)} />}
            />
          }
          item={<Item query={detail} data={data} showsRaw={showsRaw} onRaw={() => setShowsRaw(!showsRaw)} />}
          decision={acts.length > 0 && <Decision acts={acts} onAct={(what) => void act(what)} />}
        />
      </div>
      {subject && (open === 'agree' || open === 'veto') && (
        <AnswerDialog
          detail={subject}
          decision={open === 'veto' ? 'veto' : 'approve'}
          onClose={close}
          onAnswered={moveOn}
        />
      )}
      {subject && open === 'withdraw' && <WithdrawDialog detail={subject} onClose={close} />}
      {subject && open === 'packet' && <PacketDialog requestId={subject.id} onClose={close} />}
      {open === 'bulk' && bulk.kind === 'ready' && (
        <BulkDialog
          bulk={bulk}
          onClose={close}
          onAnswered={() => {
            setSelected(new Set());
            show({ item: undefined });
          }}
        />
      )}
    </Page>
  );
}

function inputOf({ box, state, policy, procedure, maker }: ApprovalsPlace) {
  return {
    box,
    ...(state === undefined ? {} : { state }),
    ...(policy === undefined ? {} : { policyId: policy }),
    ...(procedure === undefined ? {} : { procedure }),
    ...(maker === undefined ? {} : { makerId: maker }),
  };
}

/** What would be here, and where to look instead. */
function Nothing(props: { readonly box: Box; readonly isFiltered: boolean; readonly onClear: () => void }) {
  const { box, isFiltered } = props;
  if (isFiltered) {
    return (
      <EmptyState
        title={t('empty.filtered')}
        actions={<Button onClick={props.onClear}>{t('filter.clear')}</Button>}
      />
    );
  }
  return (
    <EmptyState
      title={t(`empty.${box}`)}
      text={t(`empty.${box}Text`)}
      actions={
        <>
          {box !== 'open' && box !== 'all' && (
            <PlaceLink to={places.approvals({ box: 'open' })}>{t('empty.seeOpen')}</PlaceLink>
          )}
          <PlaceLink to={places.policies()}>{t('empty.policies')}</PlaceLink>
        </>
      }
    />
  );
}
