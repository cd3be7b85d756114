import type { ApprovalDetail } from '../../../contract/approvals.ts';
import { client, orpc, queryClient, refetchRooms } from '../app/data.ts';
import { notify, notifyProblem } from '../kit/index.ts';
import { t } from './messages.ts';
import { makerWords, titleOf } from './parts.tsx';
import { missingCount } from './reading.ts';

/** What an answer may have moved: the request itself, and whatever its command touches. */
export function afterAnswer(): void {
  refetchRooms(['approvals', 'policies', 'audit', 'dashboard']);
}

/** Says what became of a request by one's own answer. */
export function tellAnswered(now: ApprovalDetail, decision: 'approve' | 'veto'): void {
  const title = titleOf(now);
  queryClient.setQueryData(orpc.approvals.get.queryKey({ input: { requestId: now.id } }), now);
  afterAnswer();
  if (decision === 'veto') notify({ text: t('done.vetoed', { title }) });
  else if (now.state === 'executed') notify({ text: t('done.executed', { title }), tone: 'success' });
  else if (now.state === 'approved')
    notify({ text: t('done.approved', { title, name: makerWords(now) }), tone: 'success' });
  else if (now.state === 'failed' || now.state === 'void')
    notify({ text: t('done.failed', { title }), tone: 'danger' });
  else notify({ text: t('done.agreed', { title, count: missingCount(now) }), tone: 'success' });
}

/** Makes the receipt that proves to a stranger who agreed to what. */
export async function makeReceipt(seq: bigint): Promise<void> {
  try {
    const { path } = await client.audit.receipt({ seq, keep: true });
    notify({ text: t('done.receipt', { path: path ?? '' }), tone: 'success' });
  } catch (error) {
    notifyProblem(error);
  }
}
