/** Signed heads, what leaves the machine of them, and the consoles that witness them. */
import { Button, DialogBody, TextArea } from '@blueprintjs/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { encode } from 'uqr';
import type { AuditCheckpoint, EnrolledWitness } from '../../../contract/audit.ts';
import { client, orpc, refetchRooms } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  Card,
  type Column,
  DataTable,
  Dialog,
  Facts,
  fixedRows,
  notify,
  notifyProblem,
  Page,
  PlaceLink,
  usePages,
  writeTimestamp,
} from '../kit/index.ts';
import { useActorName } from '../operators/actors.tsx';
import { t } from './messages.ts';
import './audit.css';

const shortId = (vaultId: string) => vaultId.slice(0, 13);

const columns = (onShow: (row: AuditCheckpoint) => void): readonly Column<AuditCheckpoint>[] => [
  {
    id: 'size',
    header: () => t('heads.size'),
    width: 130,
    align: 'end',
    cell: (row) => row.size.toLocaleString(),
  },
  {
    id: 'root',
    header: () => t('head.root'),
    width: 200,
    grow: 1,
    cell: (row) => <span className="cs-mono">{row.root.slice(0, 24)}</span>,
    title: (row) => row.root,
  },
  {
    id: 'witnesses',
    header: () => t('heads.witnessed'),
    width: 260,
    grow: 1,
    cell: (row) =>
      row.cosigned.length === 0
        ? t('heads.nobody')
        : row.cosigned
            .map(({ witness, atMs }) =>
              t('heads.by', { witness: shortId(witness), time: writeTimestamp(atMs) }),
            )
            .join(' · '),
  },
  {
    id: 'show',
    header: () => t('heads.note'),
    width: 130,
    cell: (row) => (
      <Button size="small" variant="minimal" onClick={() => onShow(row)}>
        {t('heads.show')}
      </Button>
    ),
  },
];

export function Heads() {
  const rows = usePages(orpc.audit.checkpoints, {});
  const [shown, setShown] = useState<AuditCheckpoint | undefined>();
  const epoch = useQuery(orpc.audit.epoch.queryOptions());
  const nameOf = useActorName();
  return (
    <Page
      title={t('heads.title')}
      trail={<PlaceLink to={places.audit()}>{t('title')}</PlaceLink>}
      body="scroll"
    >
      <div className="cs-stack">
        {epoch.data && epoch.data.epoch > 0 && (
          <Card title={t('epoch.title', { epoch: epoch.data.epoch })}>
            <div className="cs-card-body">
              <Facts
                facts={[
                  [t('epoch.statement'), <code key="s">{epoch.data.statement}</code>],
                  [
                    t('epoch.signatures'),
                    epoch.data.signatures
                      .map(({ operatorId, record }) =>
                        t('epoch.by', { operator: nameOf(`operator-${operatorId}`), record }),
                      )
                      .join(' · '),
                  ],
                ]}
              />
            </div>
          </Card>
        )}
        <Card title={t('heads.checkpoints')}>
          <DataTable
            label={t('heads.checkpoints')}
            columns={columns(setShown)}
            rows={rows}
            rowKey={(row) => row.size.toString()}
            onOpen={setShown}
          />
        </Card>
        <Witnesses />
      </div>
      <HeadDialog checkpoint={shown} onClose={() => setShown(undefined)} />
    </Page>
  );
}

/** A text that was written elsewhere, pasted or opened, and one thing that is done with it. */
function TakeIn({
  label,
  act,
  run,
}: {
  readonly label: string;
  readonly act: string;
  readonly run: (text: string) => void;
}) {
  const [text, setText] = useState('');
  return (
    <div className="cs-take-in">
      <TextArea
        fill
        aria-label={label}
        placeholder={label}
        value={text}
        rows={2}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <input
        type="file"
        aria-label={t('heads.file')}
        onChange={(event) => {
          void event.currentTarget.files?.[0]?.text().then(setText);
        }}
      />
      <Button size="small" disabled={text.trim() === ''} onClick={() => run(text)}>
        {act}
      </Button>
    </div>
  );
}

function Witnesses() {
  const enrolled = useQuery(orpc.audit.witnesses.queryOptions());
  const [trust, setTrust] = useState('');
  const [answer, setAnswer] = useState('');
  const done = (text: string) => {
    refetchRooms(['audit', 'incidents']);
    notify({ text });
  };
  const enrol = useMutation(
    orpc.audit.enrolWitness.mutationOptions({
      onSuccess: ({ vaultId }) => done(t('witness.enrolled', { witness: shortId(vaultId) })),
      onError: notifyProblem,
    }),
  );
  const take = useMutation(
    orpc.audit.takeCosigned.mutationOptions({
      onSuccess: (all) => done(t('witness.taken', { count: all.length })),
      onError: notifyProblem,
    }),
  );
  const see = useMutation(
    orpc.audit.witness.mutationOptions({
      onSuccess: ({ reason, cosigned }) => {
        setAnswer(cosigned ?? '');
        done(reason);
      },
      onError: notifyProblem,
    }),
  );
  return (
    <>
      <Card title={t('witness.title')}>
        <div className="cs-card-body">
          <DataTable
            label={t('witness.title')}
            primary={false}
            columns={witnessColumns}
            rows={fixedRows(enrolled.data ?? [])}
            rowKey={(row) => row.vaultId}
          />
          <TakeIn
            label={t('witness.trust')}
            act={t('witness.enrol')}
            run={(text) => enrol.mutate({ trust: text })}
          />
          <TakeIn label={t('witness.note')} act={t('witness.take')} run={(note) => take.mutate({ note })} />
        </div>
      </Card>
      <Card title={t('witness.others')}>
        <div className="cs-card-body">
          <p className="cs-muted">{t('witness.othersText')}</p>
          <TextArea
            fill
            rows={2}
            aria-label={t('witness.otherTrust')}
            placeholder={t('witness.otherTrust')}
            value={trust}
            onChange={(event) => setTrust(event.currentTarget.value)}
          />
          <TakeIn
            label={t('witness.shown')}
            act={t('witness.see')}
            run={(note) => see.mutate({ note, ...(trust.trim() === '' ? {} : { trust }) })}
          />
          {answer !== '' && (
            <TextArea fill readOnly rows={6} aria-label={t('witness.answer')} value={answer} />
          )}
        </div>
      </Card>
    </>
  );
}

const witnessColumns: readonly Column<EnrolledWitness>[] = [
  {
    id: 'vault',
    header: () => t('witness.vault'),
    width: 150,
    cell: (row) => shortId(row.vaultId),
    title: (row) => row.vaultId,
  },
  {
    id: 'fingerprint',
    header: () => t('witness.fingerprint'),
    width: 260,
    grow: 1,
    cell: (row) => (
      <span className="cs-mono">{row.fingerprints.map((each) => each.slice(0, 24)).join(' ')}</span>
    ),
    title: (row) => row.fingerprints.join(' '),
  },
  {
    id: 'newest',
    header: () => t('witness.newest'),
    width: 240,
    grow: 1,
    cell: (row) =>
      row.newest === null
        ? t('witness.none')
        : t('witness.over', { size: row.newest.size, time: writeTimestamp(row.newest.atMs) }),
  },
];

/** Bytes that a QR code holds so that a phone or a camera still reads it from a screen. */
const QR_BYTES = 1_000;

/** A checkpoint to be carried away: as text, as QR codes one after another, on paper. */
function HeadDialog({
  checkpoint,
  onClose,
}: {
  readonly checkpoint: AuditCheckpoint | undefined;
  readonly onClose: () => void;
}) {
  const trust = useQuery(orpc.audit.trust.queryOptions());
  const [request, setRequest] = useState<string | undefined>();
  if (checkpoint === undefined) return null;
  const text = request ?? checkpoint.note;
  const pieces = text.match(new RegExp(`[\\s\\S]{1,${QR_BYTES}}`, 'g')) ?? [];
  const forWitness = () =>
    void client.audit.showTo({}).then(({ text: made }) => setRequest(made), notifyProblem);
  return (
    <Dialog
      isOpen
      className="cs-head-dialog"
      title={t('heads.dialog', { size: checkpoint.size })}
      onClose={() => {
        setRequest(undefined);
        onClose();
      }}
    >
      <DialogBody>
        <div className="cs-head-print">
          <Facts
            facts={[
              [t('heads.origin'), checkpoint.origin],
              [t('heads.size'), checkpoint.size.toLocaleString()],
              [
                t('head.root'),
                <span key="r" className="cs-mono">
                  {groups(checkpoint.root)}
                </span>,
              ],
              [
                t('witness.fingerprint'),
                <span key="f" className="cs-mono">
                  {(trust.data?.fingerprints ?? []).map(({ fingerprint }) => groups(fingerprint)).join(' / ')}
                </span>,
              ],
              [t('heads.printed'), writeTimestamp(Date.now())],
            ]}
          />
          <div className="cs-qr-row">
            {pieces.map((piece, at) => (
              <Qr
                key={piece.slice(0, 40)}
                text={`${at + 1}/${pieces.length}\n${piece}`}
                label={`${at + 1}/${pieces.length}`}
              />
            ))}
          </div>
        </div>
        <TextArea fill readOnly rows={6} aria-label={t('heads.note')} value={text} />
        <div className="cs-head-acts">
          <Button size="small" onClick={() => void navigator.clipboard.writeText(text)}>
            {t('heads.copy')}
          </Button>
          <Button size="small" onClick={forWitness}>
            {t('heads.forWitness')}
          </Button>
          <Button size="small" onClick={() => window.print()}>
            {t('heads.print')}
          </Button>
        </div>
      </DialogBody>
    </Dialog>
  );
}

/** Hex in groups of four, as it is read out and compared. */
const groups = (hex: string) => hex.match(/.{1,4}/g)?.join(' ') ?? '';

function Qr({ text, label }: { readonly text: string; readonly label: string }) {
  const { data, size } = encode(text, { ecc: 'L', border: 2 });
  const path = data
    .flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
    .join('');
  return (
    <figure className="cs-qr">
      <svg
        viewBox={`0 0 ${size} ${size}`}
        role="img"
        aria-label={t('heads.qr', { part: label })}
        shapeRendering="crispEdges"
      >
        <rect width={size} height={size} fill="#fff" />
        <path d={path} fill="#000" />
      </svg>
      <figcaption>{label}</figcaption>
    </figure>
  );
}
