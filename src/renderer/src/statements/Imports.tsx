import { Button } from '@blueprintjs/core';
import { useRouter } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { z } from 'zod';
import type { importRow } from '../../../contract/intake.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  type Column,
  DataTable,
  Deck,
  EmptyState,
  FilterTabs,
  fixedRows,
  notify,
  Page,
  PlaceLink,
  StatusTag,
  TimeCell,
  textOf,
  useBrought,
  useKeys,
  usePages,
  waitsIn,
  writePercent,
} from '../kit/index.ts';
import { AcceptDifference } from './AcceptDifference.tsx';
import { ImportDetail } from './ImportDetail.tsx';
import { t } from './messages.ts';
import {
  bringFile,
  cancelUpload,
  cancelUploads,
  canSendAgain,
  clearUploads,
  importFiles,
  sendAgain,
  type Upload,
  useUploads,
} from './uploads.ts';
import './statements.css';

/** What can be brought back here once it is countersigned. */
const COMMANDS = ['intake.begin'];

export type ImportRow = z.infer<typeof importRow>;

/** The files of this session and all that came before, each with what became of it. */
export function Imports({ pick, show }: { readonly pick: boolean; readonly show: 'now' | 'history' | null }) {
  const router = useRouter();
  const uploads = useUploads();
  const history = usePages(orpc.intake.imports, {});
  const picker = useRef<HTMLInputElement>(null);
  const [activeUpload, setActiveUpload] = useState<string | null>(null);
  const [activeImport, setActiveImport] = useState<ImportRow | null>(null);
  const [accepting, setAccepting] = useState<Upload | null>(null);
  const pastImport = activeImport ?? history.rows[0] ?? null;
  const shown = show ?? (uploads.length > 0 || history.total === 0 ? 'now' : 'history');
  const choose = () => picker.current?.click();

  useEffect(() => {
    if (!pick) return;
    router.history.replace(places.imports());
    picker.current?.click();
  }, [pick, router]);

  useBrought(COMMANDS, true, ({ input }) => {
    const fileName = textOf(input, 'fileName');
    const accepted = input.acceptDifference;
    const reason = typeof accepted === 'object' && accepted !== null ? textOf({ ...accepted }, 'reason') : '';
    selectShown('now');
    if (bringFile(fileName, reason)) return;
    notify({ text: t('imports.bring', { file: fileName }) });
    choose();
  });
  useKeys(t('imports.keys'), [
    { combo: 'i', label: t('imports.keyChoose'), run: choose },
    { combo: 'Escape', label: t('imports.cancelAll'), run: cancelUploads },
  ]);

  const upload =
    uploads.find((one) => one.key === activeUpload) ??
    uploads.find((one) => one.state === 'sending' || one.state === 'finishing') ??
    uploads.at(-1) ??
    null;
  const running = uploads.some((one) => ['waiting', 'sending', 'finishing'].includes(one.state));
  const selectShown = (next: 'now' | 'history') => router.history.replace(`${places.imports()}?show=${next}`);
  return (
    <Page
      title={t('imports.title')}
      trail={<PlaceLink to={places.statements()}>{t('title')}</PlaceLink>}
      actions={
        <>
          <FilterTabs
            label={t('imports.show')}
            options={[
              { value: 'now', label: t('imports.now'), count: uploads.length },
              { value: 'history', label: t('imports.history'), count: history.total ?? undefined },
            ]}
            value={shown}
            onChange={selectShown}
          />
          <Button size="small" intent="primary" onClick={choose}>
            {t('imports.choose')}
          </Button>
        </>
      }
    >
      <input
        ref={picker}
        type="file"
        multiple
        className="cs-hidden"
        tabIndex={-1}
        aria-label={t('imports.choose')}
        onChange={(event) => {
          const { files } = event.currentTarget;
          if (files && files.length > 0) {
            void importFiles([...files]);
            selectShown('now');
          }
          event.currentTarget.value = '';
        }}
      />
      {shown === 'now' ? (
        <Deck
          name={t('imports.detail')}
          initialPercent={60}
          queue={
            <DataTable
              label={t('imports.label')}
              columns={uploadColumns}
              rows={fixedRows(uploads)}
              rowKey={(one) => one.key}
              activeKey={upload?.key ?? null}
              onActive={(one) => setActiveUpload(one.key)}
              toolbar={<UploadSummary uploads={uploads} running={running} />}
              empty={<DropInvitation onChoose={choose} />}
            />
          }
          item={
            upload ? (
              <ImportDetail
                fileName={upload.fileName}
                sizeBytes={upload.sizeBytes}
                result={upload.result}
                problem={upload.problem}
                state={upload.state}
                outcome={<UploadOutcome upload={upload} />}
              />
            ) : (
              <p className="cs-muted">{t('imports.pickOne')}</p>
            )
          }
          decision={upload && uploadActions(upload, () => setAccepting(upload))}
        />
      ) : (
        <Deck
          name={t('imports.detail')}
          initialPercent={60}
          queue={
            <DataTable
              label={t('imports.history')}
              columns={historyColumns}
              rows={history}
              rowKey={(row) => row.importId}
              activeKey={pastImport?.importId ?? null}
              onActive={setActiveImport}
              empty={
                <EmptyState
                  title={t('imports.emptyTitle')}
                  text={t('imports.emptyText')}
                  actions={
                    <Button intent="primary" onClick={choose}>
                      {t('imports.choose')}
                    </Button>
                  }
                />
              }
            />
          }
          item={
            pastImport ? (
              <ImportDetail
                fileName={pastImport.file}
                sizeBytes={pastImport.sizeBytes}
                durationMs={pastImport.durationMs}
                receivedAtMs={pastImport.receivedAtMs}
                result={pastImport}
                problem={null}
                state="done"
                outcome={<StatusTag status={pastImport.outcome} />}
              />
            ) : (
              <p className="cs-muted">{t('imports.pickOne')}</p>
            )
          }
        />
      )}
      {accepting && (
        <AcceptDifference
          fileName={accepting.fileName}
          onClose={() => setAccepting(null)}
          onAccept={(reason) => {
            sendAgain(accepting.key, reason);
            setAccepting(null);
          }}
        />
      )}
    </Page>
  );
}

function uploadActions(upload: Upload, onAccept: () => void): ReactNode {
  const isOver = ['done', 'failed', 'cancelled'].includes(upload.state);
  if (!isOver) {
    return <Button onClick={() => void cancelUpload(upload.key)}>{t('imports.cancel')}</Button>;
  }
  const refused = upload.state !== 'done' || upload.result?.outcome === 'refused';
  if (!refused || !canSendAgain(upload.key)) return null;
  return (
    <>
      {upload.result?.code === 'STATEMENT_DOES_NOT_ADD_UP' && (
        <Button intent="warning" onClick={onAccept}>
          {t('imports.accept')}
        </Button>
      )}
      <Button onClick={() => sendAgain(upload.key, upload.reason)}>{t('imports.again')}</Button>
    </>
  );
}

function UploadSummary({
  uploads,
  running,
}: {
  readonly uploads: readonly Upload[];
  readonly running: boolean;
}) {
  if (uploads.length === 0) return null;
  return (
    <>
      <span role="status">{summaryOf(uploads)}</span>
      {running ? (
        <Button size="small" variant="minimal" onClick={() => cancelUploads()}>
          {t('imports.cancelAll')}
        </Button>
      ) : (
        <Button size="small" variant="minimal" onClick={clearUploads}>
          {t('imports.clear')}
        </Button>
      )}
    </>
  );
}

/** What became of a run of files, in one sentence. */
export function summaryOf(uploads: readonly Upload[]): string {
  const count = (outcome: string) => uploads.filter((one) => one.result?.outcome === outcome).length;
  return t('imports.summary', {
    imported: count('imported'),
    duplicate: count('duplicate'),
    refused:
      count('refused') + uploads.filter((one) => one.state === 'failed' && !waitsIn(one.problem)).length,
  });
}

function DropInvitation({ onChoose }: { readonly onChoose: () => void }) {
  return (
    <EmptyState
      title={t('imports.drop')}
      text={t('imports.dropHint')}
      actions={
        <Button intent="primary" onClick={onChoose}>
          {t('imports.choose')}
        </Button>
      }
    />
  );
}

function UploadOutcome({ upload }: { readonly upload: Upload }) {
  switch (upload.state) {
    case 'done':
      return <StatusTag status={upload.result?.outcome ?? 'done'} />;
    case 'failed':
      return waitsIn(upload.problem) ? (
        <StatusTag status="pending" label={t('imports.waits')} />
      ) : (
        <StatusTag status="failed" />
      );
    case 'cancelled':
      return <StatusTag status={upload.state} />;
    case 'waiting':
      return <span className="cs-muted">{t('imports.waiting')}</span>;
    case 'finishing':
      return <StatusTag status="running" label={t('imports.finishing')} />;
    case 'sending':
      return (
        <StatusTag
          status="running"
          label={t('imports.sending', {
            percent: writePercent(upload.sizeBytes === 0 ? 0 : upload.sentBytes / upload.sizeBytes),
          })}
        />
      );
  }
}

function note(result: Upload['result'], problem: Upload['problem']): string {
  if (problem) return waitsIn(problem) ? '' : problem.code;
  if (!result) return '';
  return [
    result.code,
    result.warnings.length > 0 ? t('imports.warnings', { count: result.warnings.length }) : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

const uploadColumns: readonly Column<Upload>[] = [
  {
    id: 'file',
    header: () => t('imports.file'),
    width: 150,
    grow: 2,
    cell: (row) => row.fileName,
    title: (row) => row.fileName,
  },
  {
    id: 'outcome',
    header: () => t('imports.state'),
    width: 124,
    cell: (row) => <UploadOutcome upload={row} />,
  },
  { id: 'type', header: () => t('imports.type'), width: 82, cell: (row) => row.result?.type ?? '' },
  {
    id: 'lines',
    header: () => t('imports.lines'),
    width: 70,
    align: 'end',
    cell: (row) => row.result?.transactions.toLocaleString() ?? '',
  },
  {
    id: 'note',
    header: () => t('imports.note'),
    width: 110,
    grow: 2,
    cell: (row) => note(row.result, row.problem),
    title: (row) => note(row.result, row.problem),
  },
];

const historyColumns: readonly Column<ImportRow>[] = [
  {
    id: 'time',
    header: () => t('imports.time'),
    width: 124,
    cell: (row) => <TimeCell atMs={row.receivedAtMs} />,
    sort: (row) => row.receivedAtMs,
  },
  {
    id: 'file',
    header: () => t('imports.file'),
    width: 150,
    grow: 2,
    cell: (row) => row.file,
    title: (row) => row.file,
    sort: (row) => row.file,
  },
  {
    id: 'outcome',
    header: () => t('imports.state'),
    width: 124,
    cell: (row) => <StatusTag status={row.outcome} />,
    sort: (row) => row.outcome,
  },
  {
    id: 'type',
    header: () => t('imports.type'),
    width: 82,
    cell: (row) => row.type,
    sort: (row) => row.type,
  },
  {
    id: 'lines',
    header: () => t('imports.lines'),
    width: 70,
    align: 'end',
    cell: (row) => row.transactions.toLocaleString(),
    sort: (row) => row.transactions,
  },
];
