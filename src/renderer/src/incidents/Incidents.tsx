import { Button } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { IncidentLine } from '../../../contract/incidents.ts';
import { client, orpc, refetchRooms } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  type Column,
  DataTable,
  Deck,
  EmptyState,
  engineWords,
  FilterTabs,
  KeyCaps,
  notify,
  notifyProblem,
  Page,
  PlaceLink,
  RelativeTime,
  useDesk,
  useKeys,
  useLanguage,
  usePages,
} from '../kit/index.ts';
import { AskDialog, type Question } from './AskDialog.tsx';
import { IncidentEvidence, Item } from './Item.tsx';
import { t } from './messages.ts';
import { Clock, Severity, State } from './parts.tsx';
import { SystemNotices } from './SystemNotices.tsx';
import './incidents.css';

export const FILTERS = ['unresolved', 'open', 'acknowledged', 'resolved', 'all'] as const;
export type Filter = (typeof FILTERS)[number];

/** Sorting by severity brings the worst up. */
const SEVERITY_ORDER: readonly IncidentLine['severity'][] = ['critical', 'high', 'medium', 'low'];

const columns: readonly Column<IncidentLine>[] = [
  {
    id: 'severity',
    header: () => t('list.severity'),
    width: 88,
    cell: (row) => <Severity severity={row.severity} />,
    sort: (row) => SEVERITY_ORDER.indexOf(row.severity),
  },
  {
    id: 'what',
    header: () => t('list.what'),
    width: 170,
    grow: 1,
    cell: (row) => (
      <>
        {engineWords(row.title)}
        {row.count > 1 && <span className="cs-muted"> {t('list.times', { count: row.count })}</span>}
      </>
    ),
    title: (row) => engineWords(row.title),
  },
  {
    id: 'state',
    header: () => t('list.state'),
    width: 118,
    cell: (row) => <Standing row={row} />,
    // What runs out first stands first, then what is in hand, then what is done.
    sort: (row) => row.acknowledgeByMs ?? Number.MAX_SAFE_INTEGER - (row.state === 'resolved' ? 0 : 1),
  },
  {
    id: 'raised',
    header: () => t('list.raised'),
    width: 92,
    cell: (row) => <RelativeTime atMs={row.raisedAtMs} />,
    sort: (row) => -row.raisedAtMs,
  },
];

/** An open incident says how long there is to acknowledge it; the others say that their clock has stopped. */
function Standing({ row }: { readonly row: IncidentLine }) {
  return row.acknowledgeByMs === null ? <State state={row.state} /> : <Clock untilMs={row.acknowledgeByMs} />;
}

/** What a person must look at: the list, the incident, what happened to it, and the next step. */
export function Incidents({ state, item }: { readonly state: Filter; readonly item: string | undefined }) {
  const router = useRouter();
  const [question, setQuestion] = useState<Question | null>(null);
  const counts = useQuery(orpc.incidents.counts.queryOptions());
  const rows = usePages(orpc.incidents.list, state === 'all' ? {} : { state });
  const activeId = item ?? rows.rows[0]?.id;
  const desk = useDesk(activeId, { inDialog: question !== null });
  const detail = useQuery({
    ...orpc.incidents.get.queryOptions({ input: { id: activeId ?? '' } }),
    enabled: activeId !== undefined,
  });
  const data = detail.data?.id === activeId ? detail.data : undefined;
  const isUnresolved = data !== undefined && data.state !== 'resolved';
  const show = (next: { state?: Filter; item?: string | undefined }) => {
    const query = { state, item, ...next };
    router.history.replace(
      places.incidents({ state: query.state, ...(query.item === undefined ? {} : { item: query.item }) }),
    );
  };
  const act = async (step: () => Promise<unknown>, text: string) => {
    try {
      await step();
      notify({ text, tone: 'success' });
    } catch (error) {
      notifyProblem(error);
    }
    refetchRooms(['incidents', 'audit']);
  };
  const acknowledge = () => {
    if (data?.state !== 'open') return false;
    void act(() => client.incidents.acknowledge({ id: data.id }), t('done.acknowledged'));
    return true;
  };
  const ask = (next: Question) => () => {
    if (!isUnresolved) return false;
    setQuestion(next);
    return true;
  };
  const answer = (text: string) => {
    const asked = question;
    setQuestion(null);
    if (!data || asked === null) return;
    const { id, level } = data;
    if (asked === 'assign')
      void act(() => client.incidents.assign({ id, owner: text }), t('done.assigned', { owner: text }));
    else if (asked === 'escalate') {
      const next = `level.${level + 1}`;
      const done = t('done.escalated', { level: t.has(next) ? t(next) : String(level + 1) });
      void act(() => client.incidents.escalate({ id, reason: text }), done);
    } else void act(() => client.incidents.resolve({ id, cause: text }), t('done.resolved'));
  };
  const lastRecord = data?.timeline.at(-1)?.record;
  useKeys(t('keys.group'), [
    { combo: 'a', label: t('keys.acknowledge'), run: acknowledge },
    { combo: 'o', label: t('keys.assign'), run: ask('assign') },
    { combo: 'e', label: t('keys.escalate'), run: ask('escalate') },
    { combo: 'r', label: t('keys.resolve'), run: ask('resolve') },
    {
      combo: 'h',
      label: t('keys.record'),
      disabled: lastRecord === undefined,
      run: () => router.history.push(places.auditRecord(lastRecord!)),
    },
    ...FILTERS.map((value, index) => ({
      combo: String(index + 1),
      label: t('keys.filter', { filter: t(`filter.${value}`) }),
      run: () => show({ state: value, item: undefined }),
    })),
  ]);
  const language = useLanguage();
  // The labels are written in the language.
  const options = useMemo(() => {
    const { open = 0, acknowledged = 0, resolved = 0 } = counts.data ?? {};
    const unresolved = open + acknowledged;
    const count = { open, acknowledged, resolved, unresolved, all: unresolved + resolved };
    return FILTERS.map((value) => ({
      value,
      label: t(`filter.${value}`),
      count: counts.data && count[value],
    }));
  }, [counts.data, language]);
  return (
    <Page
      title={t('title')}
      actions={
        <>
          <FilterTabs<Filter>
            label={t('filter.label')}
            options={options}
            value={state}
            onChange={(value) => show({ state: value, item: undefined })}
          />
          <SystemNotices />
        </>
      }
    >
      <div className="cs-incidents" ref={desk.ref}>
        <Deck
          name={t('item.region')}
          initialPercent={58}
          queue={
            <DataTable
              label={t('list.label')}
              columns={columns}
              rows={rows}
              rowKey={(row) => row.id}
              activeKey={activeId ?? null}
              onActive={(row) => show({ item: row.id })}
              onOpen={desk.enterItem}
              empty={<Nothing state={state} />}
            />
          }
          item={<Item query={detail} data={data} />}
          evidence={data && <IncidentEvidence data={data} />}
          decision={
            isUnresolved && (
              <>
                {data.state === 'open' && (
                  <Button intent="primary" onClick={() => void acknowledge()} endIcon={<KeyCaps combo="a" />}>
                    {t('act.acknowledge')}
                  </Button>
                )}
                <Button onClick={() => void ask('assign')()} endIcon={<KeyCaps combo="o" />}>
                  {t('act.assign')}
                </Button>
                <Button onClick={() => void ask('escalate')()} endIcon={<KeyCaps combo="e" />}>
                  {t('act.escalate')}
                </Button>
                <Button onClick={() => void ask('resolve')()} endIcon={<KeyCaps combo="r" />}>
                  {t('act.resolve')}
                </Button>
              </>
            )
          }
        />
      </div>
      {question && data && (
        <AskDialog
          question={question}
          title={data.title}
          onClose={() => setQuestion(null)}
          onAnswer={answer}
        />
      )}
    </Page>
  );
}

function Nothing({ state }: { readonly state: Filter }) {
  if (state !== 'unresolved' && state !== 'all') return <EmptyState title={t('list.emptyOther')} />;
  return (
    <EmptyState
      title={t('list.emptyTitle')}
      text={t('list.emptyText')}
      actions={<PlaceLink to={places.heartbeat()}>{t('list.heartbeat')}</PlaceLink>}
    />
  );
}
