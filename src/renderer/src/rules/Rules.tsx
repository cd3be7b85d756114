import { Button } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { RuleChange, RuleRow } from '../../../contract/rules.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  type Column,
  DataTable,
  Deck,
  EmptyState,
  KeyCaps,
  Page,
  rowsOf,
  StatusTag,
  useDesk,
  useKeys,
} from '../kit/index.ts';
import { useMay } from '../privacy/reveal.tsx';
import { EditDialog } from './EditDialog.tsx';
import { Item, STATE_LOOKS } from './Item.tsx';
import { t } from './messages.ts';
import { TrialDialog } from './TrialDialog.tsx';
import { nameOf } from './words.ts';
import './rules.css';

type Asked =
  | { readonly kind: 'edit'; readonly of?: RuleRow }
  | { readonly kind: 'try'; readonly title: string; readonly change: RuleChange };

const columnsOf = (acted: ReadonlyMap<number, number>, actedTitle: string): readonly Column<RuleRow>[] => [
  {
    id: 'place',
    header: () => t('list.place'),
    width: 60,
    align: 'end',
    cell: ({ place }) => (place === null ? '' : String(place)),
  },
  { id: 'name', header: () => t('list.name'), width: 140, grow: 2, cell: nameOf, title: nameOf },
  {
    id: 'action',
    header: () => t('list.action'),
    width: 130,
    grow: 1,
    cell: ({ definition }) => (definition ? t(`kind.${definition.action.kind}`) : ''),
  },
  {
    id: 'state',
    header: () => t('list.state'),
    width: 90,
    cell: ({ state, dormant }) => (
      <StatusTag status={dormant ? 'failed' : STATE_LOOKS[state]} label={t(`state.${state}`)} />
    ),
    title: ({ dormant }) => (dormant ? t(`dormant.${dormant}`) : ''),
  },
  {
    id: 'acted',
    header: () => t('list.acted'),
    width: 84,
    align: 'end',
    cell: ({ number }) => (acted.get(number) ?? 0).toLocaleString(),
    title: () => actedTitle,
  },
];

/** The order with one rule a place earlier or later; null where it stands there already. */
function moved(rows: readonly RuleRow[], { number }: RuleRow, by: -1 | 1): number[] | null {
  const order = rows.flatMap((row) => (row.place === null ? [] : [row.number]));
  const at = order.indexOf(number);
  if (at < 0 || order[at + by] === undefined) return null;
  [order[at], order[at + by]] = [order[at + by]!, order[at]!];
  return order;
}

/** What the desk tells the machine: the rules in their order, and every change through a dry run. */
export function Rules({ rule: chosenNumber }: { readonly rule: number | undefined }) {
  const router = useRouter();
  const query = useQuery(orpc.rules.list.queryOptions());
  const acted = useQuery(orpc.rules.acted.queryOptions());
  const rows = rowsOf(query, (data) => data.rules);
  const may = useMay('rules');
  const [asked, setAsked] = useState<Asked | null>(null);
  const chosen = rows.rows.find(({ number }) => number === chosenNumber) ?? rows.rows[0];
  const desk = useDesk(chosen && String(chosen.number), { inDialog: asked !== null });
  const columns = useMemo(() => {
    const { from = '', to = '', rules = [] } = acted.data ?? {};
    const counts = new Map(rules.map(({ number, count }) => [number, count]));
    return columnsOf(counts, t('list.actedTitle', { from, to }));
  }, [acted.data]);
  const contradictions = query.data?.contradictions.filter(
    ({ rule, other }) => rule === chosen?.number || other === chosen?.number,
  );
  const isOpen = may && chosen !== undefined && chosen.state !== 'retired';
  const close = () => setAsked(null);
  const tryIt = (title: string, change: RuleChange) => setAsked({ kind: 'try', title, change });
  const named = chosen && { number: chosen.number, baseVersion: chosen.version };
  const number = String(chosen?.number ?? '');
  const write = () => setAsked({ kind: 'edit' });
  const edit = () => isOpen && setAsked({ kind: 'edit', of: chosen });
  const toggle = () => {
    if (!isOpen || !named) return;
    const on = chosen.state !== 'on';
    tryIt(t(on ? 'trial.switchOn' : 'trial.switchOff', { number }), { kind: 'switch', ...named, on });
  };
  const retire = () => isOpen && named && tryIt(t('trial.retire', { number }), { kind: 'retire', ...named });
  const move = (by: -1 | 1) => {
    const order = isOpen ? moved(rows.rows, chosen, by) : null;
    if (order) tryIt(t('trial.reorder', { number }), { kind: 'reorder', order });
  };
  useKeys(t('keys.group'), [
    { combo: 'n', label: t('keys.new'), disabled: !may, run: write },
    { combo: 'e', label: t('keys.edit'), disabled: !isOpen, run: () => void edit() },
    { combo: 's', label: t('keys.switch'), disabled: !isOpen, run: toggle },
    { combo: '[', label: t('keys.earlier'), disabled: !isOpen, run: () => move(-1) },
    { combo: ']', label: t('keys.later'), disabled: !isOpen, run: () => move(1) },
    { combo: 'r', label: t('keys.retire'), disabled: !isOpen, run: () => void retire() },
  ]);
  return (
    <Page
      title={t('title')}
      actions={
        may && (
          <Button intent="primary" endIcon={<KeyCaps combo="n" />} onClick={write}>
            {t('act.new')}
          </Button>
        )
      }
    >
      <div className="cs-rules" ref={desk.ref}>
        <p className="cs-muted cs-rules-intro">{t('intro')}</p>
        <Deck
          name={t('item.region')}
          initialPercent={46}
          queue={
            <DataTable
              label={t('list.label')}
              columns={columns}
              rows={rows}
              rowKey={(row) => String(row.number)}
              activeKey={chosen === undefined ? null : String(chosen.number)}
              onActive={(row) => router.history.replace(places.rules({ rule: String(row.number) }))}
              onOpen={desk.enterItem}
              empty={<EmptyState title={t('list.empty')} text={t('list.emptyText')} />}
            />
          }
          item={<Item row={chosen} contradictions={contradictions ?? []} />}
          decision={
            isOpen && (
              <>
                <Button intent="primary" endIcon={<KeyCaps combo="e" />} onClick={edit}>
                  {t('act.edit')}
                </Button>
                <Button endIcon={<KeyCaps combo="s" />} onClick={toggle}>
                  {t(chosen.state === 'on' ? 'act.off' : 'act.on')}
                </Button>
                <Button endIcon={<KeyCaps combo="[" />} onClick={() => move(-1)}>
                  {t('act.earlier')}
                </Button>
                <Button endIcon={<KeyCaps combo="]" />} onClick={() => move(1)}>
                  {t('act.later')}
                </Button>
                <Button intent="danger" variant="outlined" endIcon={<KeyCaps combo="r" />} onClick={retire}>
                  {t('act.retire')}
                </Button>
              </>
            )
          }
        />
      </div>
      {asked?.kind === 'edit' && <EditDialog {...(asked.of ? { of: asked.of } : {})} onClose={close} />}
      {asked?.kind === 'try' && <TrialDialog title={asked.title} change={asked.change} onClose={close} />}
    </Page>
  );
}
