import { Button, Callout, FormGroup, InputGroup } from '@blueprintjs/core';
import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { ErasePreview } from '../../../contract/privacy.ts';
import { orpc, refetchRooms } from '../app/data.ts';
import { ReasonDialog } from '../compliance/parts.tsx';
import { Card, CopyCode, ErrorState, notify, Skeleton, TimeCell } from '../kit/index.ts';
import { t } from './messages.ts';
import { NOBODY, PartyFields, partyOf } from './PartyFields.tsx';

/** Finds a party, shows what would go, and erases it: in this order and in no other. */
export function EraseView() {
  const [draft, setDraft] = useState(NOBODY);
  const [isAsking, setAsking] = useState(false);
  const find = useMutation(orpc.privacy.find.mutationOptions());
  const party = partyOf(draft);
  return (
    <>
      <p className="cs-muted">{t('erase.intro')}</p>
      <Card title={t('view.erase')}>
        <form
          className="cs-card-body"
          onSubmit={(event) => {
            event.preventDefault();
            if (party) find.mutate(party);
          }}
        >
          <PartyFields
            draft={draft}
            onChange={(next) => {
              setDraft(next);
              find.reset();
            }}
          />
          <Button type="submit" intent="primary" disabled={party === null} loading={find.isPending}>
            {t('erase.find')}
          </Button>
        </form>
      </Card>
      {find.isError && <ErrorState error={find.error} />}
      {find.isPending && (
        <>
          <p className="cs-muted">{t('erase.finding')}</p>
          <Skeleton lines={5} />
        </>
      )}
      {find.data && <Preview preview={find.data} onErase={() => setAsking(true)} />}
      {find.data && isAsking && (
        <EraseDialog
          preview={find.data}
          onClose={() => setAsking(false)}
          onDone={() => {
            setAsking(false);
            setDraft(NOBODY);
            find.reset();
          }}
        />
      )}
    </>
  );
}

const placeWords = (place: string) => {
  const key = `place.${place}`;
  return t.has(key) ? t(key) : place;
};

function Preview({ preview, onErase }: { readonly preview: ErasePreview; readonly onErase: () => void }) {
  const { parts, refusal, backups, total, customers, transactions, openItems } = preview;
  return (
    <Card title={t('erase.found')}>
      <div className="cs-card-body cs-stack">
        <p>{t('erase.foundText', { total, customers, transactions, items: openItems })}</p>
        <table className="cs-privacy-classes">
          <thead>
            <tr>
              <th scope="col">{t('erase.place')}</th>
              <th scope="col" className="cs-end">
                {t('erase.count')}
              </th>
              <th scope="col">{t('erase.fate')}</th>
            </tr>
          </thead>
          <tbody>
            {parts.map((part) => (
              <tr key={`${part.place} ${part.fate}`}>
                <th scope="row">{placeWords(part.place)}</th>
                <td className="cs-end">{part.count}</td>
                <td>{t(`fate.${part.fate}`)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {backups.length > 0 && (
          <div>
            <p className="cs-muted">{t('erase.backups')}</p>
            <ul className="cs-privacy-list">
              {backups.map((backup) => (
                <li key={backup.path}>
                  <span className="cs-mono">{backup.path}</span> <TimeCell atMs={backup.atMs} />
                </li>
              ))}
            </ul>
          </div>
        )}
        {refusal === null ? (
          <div className="cs-actions">
            <Button intent="danger" onClick={onErase}>
              {t('erase.act')}
            </Button>
          </div>
        ) : (
          <Callout intent="warning" icon={null} role="status">
            <p>
              <strong>{t('erase.refused')}</strong> {t(`refusal.${refusalKey(refusal.code)}`)}
            </p>
            {refusal.until !== null && <p>{t('erase.until', { date: refusal.until })}</p>}
            <CopyCode code={refusal.code} />
          </Callout>
        )}
      </div>
    </Card>
  );
}

const REFUSALS = ['PRIVACY_UNDER_HOLD', 'PRIVACY_STILL_OPEN', 'PRIVACY_RETENTION_RUNS'] as const;
const refusalKey = (code: string) => REFUSALS.find((one) => one === code) ?? 'PRIVACY_RETENTION_RUNS';

function EraseDialog({
  preview,
  onClose,
  onDone,
}: {
  readonly preview: ErasePreview;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const [typed, setTyped] = useState('');
  const id = useId();
  const { searchId, fingerprint, confirmation, total } = preview;
  const erase = useMutation(
    orpc.privacy.erase.mutationOptions({
      onSuccess: ({ erased }) => {
        refetchRooms(['privacy', 'audit', 'statements', 'receivables', 'reconciliation']);
        notify({ text: t('done.erase', { count: erased }), tone: 'success' });
        onDone();
      },
    }),
  );
  return (
    <ReasonDialog
      title={t('erase.title')}
      act={t('erase.act')}
      danger
      blocked={typed.trim() !== confirmation}
      isRunning={erase.isPending}
      error={erase.error}
      onClose={onClose}
      onAct={(reason) => erase.mutate({ searchId, fingerprint, confirm: confirmation, reason })}
    >
      <p>{t('erase.text', { total })}</p>
      <FormGroup label={t('purge.type', { words: confirmation })} labelFor={id}>
        <InputGroup
          id={id}
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      </FormGroup>
    </ReasonDialog>
  );
}
