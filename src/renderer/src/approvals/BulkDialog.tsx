import { Button, Callout, DialogBody, DialogFooter } from '@blueprintjs/core';
import { useMutation, useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { client, orpc } from '../app/data.ts';
import {
  DataTable,
  Dialog,
  ErrorState,
  engineWords,
  fixedRows,
  KeyCaps,
  MoneyList,
  notify,
  Skeleton,
  useKeys,
  whatHappened,
} from '../kit/index.ts';
import { isReason, ReasonField } from './AnswerDialog.tsx';
import { bulkColumns } from './columns.tsx';
import { t } from './messages.ts';
import { kindWords } from './parts.tsx';
import type { Bulk } from './reading.ts';
import { afterAnswer } from './useActs.ts';

const ROW_PX = 28;
const MOST_PX = 280;

/** As tall as its rows and their head, up to where it scrolls. */
const listHeight = (rows: number) => Math.min(MOST_PX, (rows + 1) * ROW_PX + 4);

/** One answer to several like requests: each is listed and hashed as it is shown, with the total on top. */
export function BulkDialog(props: {
  readonly bulk: Extract<Bulk, { kind: 'ready' }>;
  readonly onClose: () => void;
  readonly onAnswered: () => void;
}) {
  const { bulk, onClose } = props;
  const [isVeto, setIsVeto] = useState(false);
  const [reason, setReason] = useState('');
  // What is signed is the hash of what was read, so every one of them is read.
  const details = useQueries({
    queries: bulk.lines.map(({ id }) => orpc.approvals.get.queryOptions({ input: { requestId: id } })),
  });
  const read = details.flatMap(({ data }) => (data ? [data] : []));
  const failed = details.find(({ isError }) => isError);
  const obstacles = read.filter(({ rendered }) => rendered.obstacle !== null).length;
  const isRead = read.length === bulk.lines.length;
  const vote = useMutation({
    mutationFn: (decision: 'approve' | 'veto') =>
      client.approvals.voteMany({
        requests: read.map(({ id, commandHash }) => ({ requestId: id, commandHash })),
        decision,
        ...(decision === 'veto' ? { reason: reason.trim() } : {}),
      }),
    onSuccess: ({ answers }) => {
      const codes = [...new Set(answers.flatMap(({ code }) => (code === null ? [] : [code])))];
      const done = answers.filter(({ code }) => code === null).length;
      const words = codes.map((code) => whatHappened({ code, message: null, details: {} })).join(' ');
      onClose();
      notify(
        codes.length === 0
          ? { text: t('done.bulk', { done }), tone: 'success' }
          : { text: t('done.bulkSome', { done, count: answers.length, codes: words }), tone: 'warning' },
      );
      props.onAnswered();
    },
    onSettled: afterAnswer,
  });
  const canAct = isRead && !vote.isPending && (!isVeto || isReason(reason));
  const act = () => canAct && vote.mutate(isVeto ? 'veto' : 'approve');
  useKeys(t('keys.group'), [{ combo: 'mod+Enter', label: t('keys.agree'), run: act, inFields: true }], {
    inDialog: true,
  });
  const first = bulk.lines[0]!;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('bulk.title', { count: bulk.lines.length })}
      className="cs-wide-dialog"
    >
      <DialogBody>
        <p>{t('bulk.what', { kind: kindWords(first.procedure), policy: engineWords(first.policyTitle) })}</p>
        {bulk.totals.length > 0 && (
          <p className="cs-answer-total">
            <span>{t('bulk.total')}</span>
            <MoneyList amounts={bulk.totals} />
          </p>
        )}
        {!isRead && failed === undefined && (
          <>
            <p role="status">{t('bulk.loading')}</p>
            <Skeleton lines={4} />
          </>
        )}
        {failed !== undefined && <ErrorState error={failed.error} />}
        {isRead && (
          <div className="cs-bulk-list" style={{ blockSize: listHeight(read.length) }}>
            <DataTable
              label={t('list.label')}
              columns={bulkColumns}
              rows={fixedRows(read)}
              rowKey={({ id }) => id}
              primary={false}
              bare
            />
          </div>
        )}
        {obstacles > 0 && (
          <Callout intent="warning" icon={null} className="cs-answer-note">
            {t('bulk.obstacles', { count: obstacles })}
          </Callout>
        )}
        {isVeto && (
          <ReasonField
            label={t('veto.reason')}
            hint={t('veto.reasonHint')}
            value={reason}
            autoFocus
            onChange={setReason}
          />
        )}
        {vote.isError && <ErrorState error={vote.error} />}
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button onClick={isVeto ? () => setIsVeto(false) : onClose}>{t('act.back')}</Button>
            <Button
              intent="danger"
              {...(isVeto ? { endIcon: <KeyCaps combo="mod+Enter" /> } : { variant: 'outlined' })}
              disabled={isVeto ? !canAct : !isRead}
              loading={isVeto && vote.isPending}
              onClick={isVeto ? act : () => setIsVeto(true)}
            >
              {t('bulk.veto')}
            </Button>
            {!isVeto && (
              <Button
                intent="primary"
                disabled={!canAct}
                loading={vote.isPending}
                onClick={act}
                endIcon={<KeyCaps combo="mod+Enter" />}
              >
                {t('bulk.agree')}
              </Button>
            )}
          </>
        }
      />
    </Dialog>
  );
}
