/** What the frame shows of approvals on every screen: how many wait, what was sent, what became of one's own. */
import { Endorsed } from '@blueprintjs/icons';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { ApprovalLine, ApprovalRequired, ApprovalState } from '../../../contract/approvals.ts';
import { client, orpc, queryClient, refetchRooms } from '../app/data.ts';
import { places } from '../app/places.ts';
import { engineWords, notify, notifyProblem, onWaiting, PlaceLink } from '../kit/index.ts';
import { bring } from './bring.ts';
import { t } from './messages.ts';
import { rolesWords, titleOf, writeUntil } from './parts.tsx';
import { newsOf } from './reading.ts';
import './approvals.css';

const NEWEST = 50;

const TONES = {
  approved: 'success',
  executed: 'success',
  vetoed: 'warning',
  expired: 'warning',
  failed: 'danger',
  void: 'warning',
} as const;

/** `needs 1 of treasury approver, until 14:35`; without the roles where the policy cannot be read. */
async function sentWords(required: ApprovalRequired): Promise<string> {
  const { policyId, policyTitle, quorum: count, expiresAtMs } = required;
  if (required.state === 'approved') return t('sent.approved');
  const time = writeUntil(expiresAtMs);
  try {
    const { policy } = await queryClient.fetchQuery(orpc.policies.get.queryOptions({ input: { policyId } }));
    return t('sent.roles', { count, roles: rolesWords(policy.clauses.checkers), time });
  } catch {
    return t('sent.plain', { count, policy: engineWords(policyTitle), time });
  }
}

/** Says that a command waits, wherever it was sent from, and what became of the requests of whoever is here. */
export function useApprovalNotices(): void {
  const router = useRouter();
  useEffect(
    () =>
      onWaiting((required) => {
        refetchRooms(['approvals', 'audit']);
        void sentWords(required).then((text) =>
          notify({
            text,
            action: {
              text: t('sent.open'),
              run: () => router.history.push(places.approvals({ box: 'mine', item: required.requestId })),
            },
          }),
        );
      }),
    [router],
  );
  const mine = useQuery(orpc.approvals.list.queryOptions({ input: { box: 'mine', limit: NEWEST } })).data;
  const seen = useRef<ReadonlyMap<string, ApprovalState> | null>(null);
  useEffect(() => {
    if (!mine) return;
    const before = seen.current;
    seen.current = new Map(mine.rows.map(({ id, state }) => [id, state]));
    if (before === null) return;
    const open = (id: string) => router.history.push(places.approvals({ box: 'mine', item: id }));
    for (const line of mine.rows) {
      const state = before.get(line.id);
      const news = state === undefined ? null : newsOf({ state }, line);
      if (news !== null) tellNews(line, news, open, router.history.push);
    }
  }, [mine, router]);
}

function tellNews(
  line: ApprovalLine,
  news: keyof typeof TONES,
  open: (id: string) => void,
  push: (to: string) => void,
): void {
  const { id } = line;
  const bringNow = () => {
    client.approvals.get({ requestId: id }).then((detail) => bring(detail, push), notifyProblem);
  };
  notify({
    text: t(`news.${news}`, { title: titleOf(line) }),
    tone: TONES[news],
    action:
      news === 'approved'
        ? { text: t('act.bring'), run: bringNow }
        : { text: t('done.open'), run: () => open(id) },
  });
}

/** How many requests wait for whoever is here; nothing where there are none. */
export function WaitingMark() {
  const waiting = useQuery(orpc.approvals.waiting.queryOptions());
  const count = waiting.data?.toAnswer ?? 0;
  if (count === 0) return null;
  return (
    <PlaceLink to={places.approvals()} className="cs-waiting-mark">
      <Endorsed aria-hidden="true" /> {t('top.waiting', { count })}
    </PlaceLink>
  );
}
