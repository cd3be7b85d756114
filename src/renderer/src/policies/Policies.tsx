import { Button } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { Policy } from '../../../contract/policies.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import { rolesWords } from '../approvals/parts.tsx';
import {
  type Column,
  DataTable,
  Deck,
  engineWords,
  KeyCaps,
  Page,
  rowsOf,
  useBrought,
  useDesk,
  useKeys,
} from '../kit/index.ts';
import { useSession } from '../operators/useSession.ts';
import { ChangeDialog } from './ChangeDialog.tsx';
import { Item } from './Item.tsx';
import { t } from './messages.ts';
import { PoliciesTabs } from './PoliciesTabs.tsx';
import { writeSpan } from './words.ts';
import '../approvals/approvals.css';
import './policies.css';

const columns: readonly Column<Policy>[] = [
  {
    id: 'title',
    header: () => t('list.title'),
    width: 140,
    grow: 2,
    cell: ({ title }) => engineWords(title),
    title: ({ title }) => engineWords(title),
    sort: ({ title }) => engineWords(title),
  },
  {
    id: 'governs',
    header: () => t('list.governs'),
    width: 98,
    cell: ({ commands }) => (
      <span className={commands.length === 0 ? 'cs-muted' : ''}>
        {t('list.commands', { count: commands.length })}
      </span>
    ),
    title: ({ commands }) => commands.join(', '),
    sort: ({ commands }) => commands.length,
  },
  {
    id: 'agree',
    header: () => t('list.agree'),
    width: 116,
    grow: 1,
    cell: ({ clauses }) => `${clauses.quorum} × ${rolesWords(clauses.checkers)}`,
    title: ({ clauses }) => rolesWords(clauses.checkers),
    sort: ({ clauses }) => clauses.quorum,
  },
  {
    id: 'within',
    header: () => t('list.within'),
    width: 88,
    cell: ({ clauses }) => writeSpan(clauses.answerWithinMs),
    sort: ({ clauses }) => clauses.answerWithinMs,
  },
  {
    id: 'version',
    header: () => t('list.version'),
    width: 62,
    align: 'end',
    cell: ({ version }) => String(version),
    sort: ({ version }) => version,
  },
];

/** Which commands need a second person, on what terms, and how the terms have changed. */
export function Policies({ policy: chosenId }: { readonly policy: string | undefined }) {
  const router = useRouter();
  const query = useQuery(orpc.policies.list.queryOptions());
  const rows = rowsOf(query, (data) => data);
  const session = useSession(true);
  const [changing, setChanging] = useState<Policy | null>(null);
  const chosen = useMemo(
    () => rows.rows.find(({ id }) => id === chosenId) ?? rows.rows[0],
    [rows.rows, chosenId],
  );
  const desk = useDesk(chosen?.id, { inDialog: changing !== null });
  const mayChange = session.data?.permissions.includes('people') === true && chosen !== undefined;
  const change = () => {
    if (chosen !== undefined) setChanging(chosen);
  };
  const simulate = () => {
    const procedure = chosen?.commands[0];
    router.history.push(places.simulator(procedure === undefined ? {} : { procedure }));
  };
  const requests = () => {
    if (chosen) router.history.push(places.approvals({ box: 'all', policy: chosen.id }));
  };
  useBrought(['policies.change'], query.data !== undefined, ({ input }) => {
    const brought = query.data?.find(({ id }) => id === input.policyId);
    if (brought) setChanging(brought);
  });
  useKeys(t('keys.group'), [
    { combo: 'e', label: t('keys.change'), disabled: !mayChange, run: change },
    { combo: 's', label: t('keys.simulate'), run: simulate },
    { combo: 'o', label: t('keys.requests'), disabled: !chosen, run: requests },
  ]);
  return (
    <Page title={t('title')} actions={<PoliciesTabs current="policies" />}>
      <div className="cs-policies" ref={desk.ref}>
        <Deck
          name={t('item.region')}
          initialPercent={50}
          queue={
            <DataTable
              label={t('list.label')}
              columns={columns}
              rows={rows}
              rowKey={({ id }) => id}
              activeKey={chosen?.id ?? null}
              onActive={({ id }) => router.history.replace(places.policies({ policy: id }))}
              onOpen={desk.enterItem}
            />
          }
          item={<Item policyId={chosen?.id} />}
          decision={
            chosen && (
              <>
                <Button
                  intent="primary"
                  disabled={!mayChange}
                  endIcon={<KeyCaps combo="e" />}
                  onClick={change}
                >
                  {t('act.change')}
                </Button>
                <Button endIcon={<KeyCaps combo="s" />} onClick={simulate}>
                  {t('act.simulate')}
                </Button>
                <Button endIcon={<KeyCaps combo="o" />} onClick={requests}>
                  {t('act.requests')}
                </Button>
              </>
            )
          }
        />
      </div>
      {changing && <ChangeDialog policy={changing} all={rows.rows} onClose={() => setChanging(null)} />}
    </Page>
  );
}
