import { Button, Callout, Checkbox, FormGroup, TextArea } from '@blueprintjs/core';
import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { client, refetchRooms } from '../app/data.ts';
import { places } from '../app/places.ts';
import { ChangeTable } from '../approvals/Change.tsx';
import { Card, ErrorState, engineWords, Facts, Page, PlaceLink, TimeCell } from '../kit/index.ts';
import { Fingerprint } from './Fingerprint.tsx';
import { HandOut } from './HandOut.tsx';
import { carryWords, t } from './messages.ts';
import { TextSource } from './TextSource.tsx';
import './packets.css';

const FOCUS_AFTER_MS = 150;

type Shown = Awaited<ReturnType<typeof client.approvals.readPacket>>;

/** What had the focus is gone: reading goes on here. A dialog that closes meanwhile gives it back first. */
const focusHere = (element: HTMLElement | null): void => {
  if (element !== null) setTimeout(() => element.focus(), FOCUS_AFTER_MS);
};

/** A request of another workstation: what would run there, and the answer that is carried back. */
export function AnswerPacket() {
  const [text, setText] = useState('');
  const read = useMutation({
    mutationFn: (given: string) => client.approvals.readPacket({ text: given }),
    onMutate: setText,
  });
  const startAgain = () => read.reset();
  return (
    <Page
      title={carryWords.answer()}
      trail={<PlaceLink to={places.approvals()}>{t('answer.trail')}</PlaceLink>}
      actions={
        read.data && (
          <Button size="small" onClick={startAgain}>
            {t('answer.other')}
          </Button>
        )
      }
      body="scroll"
    >
      {read.data ? (
        <Answering key={text} text={text} shown={read.data} />
      ) : (
        <div className="cs-stack cs-packet-start">
          <Card title={t('answer.take')}>
            <div className="cs-card-body">
              <p>{t('answer.what')}</p>
              <TextSource busy={read.isPending} onText={(given) => read.mutate(given)} />
              {read.isError && <ErrorState error={read.error} />}
            </div>
          </Card>
        </div>
      )}
    </Page>
  );
}

function Answering({ text, shown }: { readonly text: string; readonly shown: Shown }) {
  return (
    <div className="cs-stack">
      <Card title={t('answer.request')}>
        <div className="cs-card-body">
          <p className="cs-packet-title" tabIndex={-1} ref={focusHere}>
            {engineWords(shown.title)}
          </p>
          <div className="cs-packet-sides">
            <section aria-label={t('answer.change')}>
              <h3>{t('answer.change')}</h3>
              <ChangeTable lines={shown.lines} />
            </section>
            <section aria-label={t('answer.raw')}>
              <h3>{t('answer.raw')}</h3>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
              <pre className="cs-packet-raw" tabIndex={0}>
                {shown.raw}
              </pre>
              <Fingerprint label={t('answer.hash')} value={shown.commandHash} />
            </section>
          </div>
        </div>
      </Card>
      <Card title={t('answer.origin')}>
        <div className="cs-card-body">
          <Facts
            facts={[
              [t('answer.maker'), shown.makerName],
              [t('answer.reasonGiven'), shown.reason],
              [t('answer.asked'), <TimeCell key="asked" atMs={shown.askedAtMs} />],
              [t('answer.until'), <TimeCell key="until" atMs={shown.expiresAtMs} />],
              [
                t('answer.policy'),
                t('answer.policyOf', {
                  title: shown.policyTitle,
                  version: shown.policyVersion,
                  quorum: shown.quorum,
                }),
              ],
              [t('answer.vault'), shown.isOwn ? t('answer.own') : shown.vaultId],
              [
                t('answer.signer'),
                shown.signerKnownAs === null
                  ? t('answer.unknown', { name: shown.signerName })
                  : t('answer.known', { name: shown.signerKnownAs }),
              ],
            ]}
          />
          <Fingerprint label={t('answer.fingerprint')} value={shown.signerFingerprint} />
        </div>
      </Card>
      <Decide text={text} shown={shown} />
    </div>
  );
}

/** Agreeing or refusing, signed with the key of whoever is signed in here. */
function Decide({ text, shown }: { readonly text: string; readonly shown: Shown }) {
  const [reason, setReason] = useState('');
  const [compared, setCompared] = useState(false);
  const id = useId();
  const isKnown = shown.signerKnownAs !== null;
  const answer = useMutation({
    mutationFn: (decision: 'approve' | 'veto') =>
      client.approvals.answerPacket({
        text,
        commandHash: shown.commandHash,
        decision,
        ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
        ...(isKnown ? {} : { trust: shown.signerFingerprint }),
      }),
    onSettled: () => refetchRooms(['audit']),
  });
  const words = reason.trim();
  const isReady = (isKnown || compared) && (words === '' || words.length >= 3) && !answer.isPending;
  if (shown.isMine) {
    return (
      <Callout intent="warning" icon={null} role="status">
        {t('answer.mine')}
      </Callout>
    );
  }
  if (answer.data) {
    return (
      <Card title={t(answer.variables === 'veto' ? 'answer.vetoed' : 'answer.agreed')}>
        <div className="cs-card-body">
          <p role="status" tabIndex={-1} ref={focusHere}>
            {t('answer.carry')}
          </p>
          <HandOut text={answer.data.text} />
        </div>
      </Card>
    );
  }
  return (
    <Card title={t('answer.yours')}>
      <div className="cs-card-body cs-packet-decide">
        {!isKnown && (
          <Callout intent="warning" icon={null}>
            <p>{t('answer.compare', { name: shown.signerName })}</p>
            <Checkbox checked={compared} onChange={() => setCompared(!compared)}>
              {t('answer.compared')}
            </Checkbox>
          </Callout>
        )}
        <FormGroup label={t('answer.reason')} labelFor={id}>
          <TextArea
            id={id}
            fill
            rows={2}
            maxLength={400}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        </FormGroup>
        <div className="cs-actions">
          <Button intent="primary" disabled={!isReady} onClick={() => answer.mutate('approve')}>
            {t('answer.agree')}
          </Button>
          <Button intent="danger" disabled={!isReady} onClick={() => answer.mutate('veto')}>
            {t('answer.veto')}
          </Button>
        </div>
        {answer.isError && <ErrorState error={answer.error} />}
      </div>
    </Card>
  );
}
