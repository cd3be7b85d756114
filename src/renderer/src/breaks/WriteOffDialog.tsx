import {
  Button,
  Callout,
  DialogBody,
  DialogFooter,
  FormGroup,
  HTMLSelect,
  InputGroup,
} from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import {
  type BreakDetail,
  type BreakReason,
  type BreakSettings,
  breakReasons,
} from '../../../contract/breaks.ts';
import { parseAmount } from '../../../contract/money.ts';
import { orpc } from '../app/data.ts';
import { Dialog, Money, plainAmount, writeAmount } from '../kit/index.ts';
import { NoteField } from './Dialogs.tsx';
import { t } from './messages.ts';
import { reasonWord, roleWord } from './words.ts';

const size = (minor: bigint) => (minor < 0n ? -minor : minor);

/** Roles as the ledger calls their accounts. */
const NAMES: Readonly<Record<string, string>> = {
  'statement-differences': 'Statement differences',
  'unapplied-cash': 'Unapplied cash',
  'in-transit': 'In transit',
  'write-offs': 'Write-offs',
  'bank-charges': 'Bank charges',
  'opening-balances': 'Opening balances',
};

/** What stands on the accounts now, and what would after. Balances are on each account's normal side. */
function Moves({ data, to }: { readonly data: BreakDetail; readonly to: string }) {
  const accounts = useQuery(orpc.ledger.accounts.queryOptions());
  const { amountMinor, currency, holding } = data;
  // What came in unexplained stands as a credit on the account that holds it; in transit is the other way.
  const heldMinor = holding?.role === 'in-transit' ? amountMinor : -amountMinor;
  const moves = [
    { role: holding?.role ?? '', minor: -heldMinor },
    { role: to, minor: heldMinor },
  ];
  return (
    <table className="cs-plain-table" aria-label={t('writeOff.moves')}>
      <thead>
        <tr>
          <th scope="col">{t('writeOff.account')}</th>
          <th scope="col" className="cs-end">
            {t('writeOff.before')}
          </th>
          <th scope="col" className="cs-end">
            {t('writeOff.after')}
          </th>
        </tr>
      </thead>
      <tbody>
        {moves.map(({ role, minor }) => {
          const account = accounts.data?.find(({ name }) => name === `${NAMES[role]} ${currency}`);
          const before = account?.balanceMinor ?? 0n;
          const signed = account?.normalSide === 'credit' || role === 'opening-balances' ? -minor : minor;
          return (
            <tr key={role}>
              <th scope="row">{roleWord(role)}</th>
              <td className="cs-end">
                <Money amountMinor={before} currency={currency} />
              </td>
              <td className="cs-end">
                <Money amountMinor={before + signed} currency={currency} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

export interface WriteOffAnswer {
  readonly reason: BreakReason;
  readonly note: string;
}

/** Before and after, who else must agree, and the amount typed: what is given up is not given up in passing. */
export function WriteOffDialog(props: {
  readonly data: BreakDetail;
  readonly settings: BreakSettings | undefined;
  readonly isRunning: boolean;
  readonly onClose: () => void;
  readonly onAnswer: (answer: WriteOffAnswer) => void;
}) {
  const { data, settings } = props;
  const { amountMinor, currency } = data;
  const allowed = breakReasons.filter((code) => {
    const to = settings?.reasons.find((one) => one.code === code)?.writesOffTo ?? null;
    return to !== null && (code !== 'opening-balance' || data.kind === 'opening');
  });
  const first = allowed.find((code) => code === data.reason) ?? allowed[0];
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const reason = allowed.find((code) => code === chosen) ?? first;
  const [typed, setTyped] = useState('');
  const [note, setNote] = useState('');
  const ids = { amount: useId(), problem: useId(), reason: useId() };
  const parsed = parseAmount(plainAmount(typed.replace(/^-/, '')), currency);
  const isAmount = parsed.ok && parsed.amountMinor === size(amountMinor);
  const isComplete = isAmount && reason !== undefined && note.trim().length >= 3 && !props.isRunning;
  const to = settings?.reasons.find(({ code }) => code === reason)?.writesOffTo;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isComplete) props.onAnswer({ reason, note: note.trim() });
  };
  return (
    <Dialog
      isOpen
      onClose={props.onClose}
      title={t('writeOff.title', { id: data.id })}
      className="cs-write-off"
    >
      <form onSubmit={submit}>
        <DialogBody>
          <FormGroup className="cs-dialog-field" label={t('writeOff.reason')} labelFor={ids.reason}>
            <HTMLSelect
              id={ids.reason}
              fill
              autoFocus
              value={reason ?? ''}
              onChange={(event) => setChosen(event.currentTarget.value)}
            >
              {allowed.map((code) => (
                <option key={code} value={code}>
                  {reasonWord(code)}
                </option>
              ))}
            </HTMLSelect>
          </FormGroup>
          {to && <Moves data={data} to={to} />}
          <FormGroup
            className="cs-dialog-field"
            label={t('writeOff.amount', {
              amount: `${writeAmount(size(amountMinor), currency)} ${currency}`,
            })}
            labelFor={ids.amount}
            helperText={
              <span id={ids.problem} role="status">
                {typed !== '' && !isAmount ? t('writeOff.wrong') : ''}
              </span>
            }
          >
            <InputGroup
              id={ids.amount}
              inputMode="decimal"
              autoComplete="off"
              value={typed}
              aria-describedby={ids.problem}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
          </FormGroup>
          <NoteField
            label={t('writeOff.note')}
            hint={t('writeOff.noteHint')}
            value={note}
            onChange={setNote}
          />
          <Callout compact>{t('writeOff.who')}</Callout>
        </DialogBody>
        <DialogFooter
          actions={
            <>
              <Button onClick={props.onClose}>{t('ask.back')}</Button>
              <Button type="submit" intent="danger" disabled={!isComplete} loading={props.isRunning}>
                {t('writeOff.act')}
              </Button>
            </>
          }
        />
      </form>
    </Dialog>
  );
}
