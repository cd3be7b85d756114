import { Button, DialogBody, DialogFooter, FormGroup, InputGroup } from '@blueprintjs/core';
import { useState } from 'react';
import { formatAmount } from '../../../contract/money.ts';
import type { OpenItem } from '../../../contract/receivables.ts';
import type { Suggestion } from '../../../contract/reconciliation.ts';
import { Dialog, KeyCaps, Money, useKeys, writeMoney } from '../kit/index.ts';
import { type DraftLine, evaluateDraft, proposedSettlement, readLines } from './allocating.ts';
import { ExchangeFields } from './Exchange.tsx';
import { type ExchangeDraft, evaluateExchange, NOTHING_TYPED } from './exchanging.ts';
import { Finder } from './Finder.tsx';
import type { ItemData } from './Item.tsx';
import { t } from './messages.ts';
import type { ConfirmInput } from './useDecisions.ts';

const abs = (amountMinor: bigint) => (amountMinor < 0n ? -amountMinor : amountMinor);

/** Begins with what was proposed, so that a correction is a correction. */
function linesOf(suggestion: Suggestion | undefined): DraftLine[] {
  return (suggestion?.allocations ?? []).map((allocation) => ({
    openItemId: allocation.openItemId,
    invoiceNumber: allocation.invoiceNumber,
    customerName: allocation.customerName,
    currency: allocation.currency,
    openMinor: allocation.openMinor,
    isCreditNote: allocation.allocatedMinor < 0n,
    settleText: formatAmount(abs(allocation.allocatedMinor), allocation.currency),
    discountText:
      allocation.discountMinor === 0n ? '' : formatAmount(allocation.discountMinor, allocation.currency),
    chargesMinor: allocation.chargesMinor,
  }));
}

function sentence(problem: ExchangeDraft['problems'][number]): string {
  if (problem.kind === 'badAmount') return t('allocate.badAmount', problem);
  if (problem.kind === 'tooMuch') return t('allocate.tooMuch', problem);
  return t(`allocate.${problem.kind}`);
}

/** A person says which open items the money pays, and how much of each; the rest shows while typing. */
export function AllocateDialog(props: {
  readonly data: ItemData;
  readonly suggestion: Suggestion | undefined;
  readonly onClose: () => void;
  readonly onConfirm: (input: ConfirmInput) => void;
}) {
  const { transaction } = props.data;
  const [lines, setLines] = useState(() => linesOf(props.suggestion));
  const [note, setNote] = useState('');
  const moneyMinor = transaction.direction === 'credit' ? transaction.amountMinor : -transaction.amountMinor;
  const [typed, setTyped] = useState(NOTHING_TYPED);
  const money = { amountMinor: moneyMinor, currency: transaction.currency };
  const itemCurrency = lines[0]?.currency ?? transaction.currency;
  const exchanging = { lines, currency: itemCurrency, money, told: props.data.told, typed };
  const isExchanged = itemCurrency !== transaction.currency;
  const draft: ExchangeDraft = isExchanged ? evaluateExchange(exchanging) : evaluateDraft(lines, moneyMinor);
  const { allocations, restMinor, problems, exchange } = draft;
  const change = (openItemId: string, part: Partial<DraftLine>) =>
    setLines(lines.map((line) => (line.openItemId === openItemId ? { ...line, ...part } : line)));
  /** What is left for a further item, in its currency; 0 where nobody tells. */
  const leftFor = (currency: string) => {
    if (currency === transaction.currency) return restMinor;
    const { told } = props.data;
    const toldMinor = told?.currency === currency ? told.amountMinor : 0n;
    return (moneyMinor < 0n ? -toldMinor : toldMinor) - readLines(lines).usedMinor;
  };
  const add = (item: OpenItem) => {
    if (lines.some((line) => line.openItemId === item.id)) return;
    const leftMinor = leftFor(item.currency);
    const settleText = proposedSettlement(
      item.openMinor,
      item.kind === 'invoice' ? leftMinor : -leftMinor,
      item.currency,
    );
    setLines([
      ...lines,
      {
        openItemId: item.id,
        invoiceNumber: item.invoiceNumber,
        customerName: item.customerName,
        currency: item.currency,
        openMinor: item.openMinor,
        isCreditNote: item.kind === 'credit_note',
        settleText,
        discountText: '',
        chargesMinor: 0n,
      },
    ]);
  };
  const ready = lines.length > 0 && problems.length === 0;
  const act = () => {
    if (!ready) return;
    props.onConfirm({
      bankTransactionId: transaction.id,
      allocations,
      ...(exchange === undefined ? {} : { exchange }),
      ...(note.trim() === '' ? {} : { note: note.trim() }),
    });
  };
  useKeys(t('allocate.title'), [{ combo: 'mod+Enter', label: t('allocate.act'), run: act, inFields: true }], {
    inDialog: true,
  });
  return (
    <Dialog isOpen onClose={props.onClose} title={t('allocate.title')} className="cs-allocate">
      <DialogBody>
        <p className="cs-allocate-money">
          <span>{t(transaction.direction === 'credit' ? 'allocate.money' : 'allocate.paid')}</span>{' '}
          <Money
            amountMinor={transaction.amountMinor}
            currency={transaction.currency}
            direction={transaction.direction}
          />
        </p>
        <Finder
          currency={lines.length === 0 ? null : itemCurrency}
          first={transaction.currency}
          notesFirst={transaction.direction === 'debit'}
          onAdd={add}
        />
        <Lines
          lines={lines}
          onChange={change}
          onRemove={(id) => setLines(lines.filter((line) => line.openItemId !== id))}
        />
        {isExchanged && <ExchangeFields exchanging={exchanging} onChange={setTyped} />}
        <p className="cs-allocate-money" role="status">
          <span>{t('allocate.rest')}</span> <Money amountMinor={restMinor} currency={transaction.currency} />
        </p>
        {problems.map((problem) => (
          <p key={sentence(problem)} className="cs-problem" role="alert">
            {sentence(problem)}
          </p>
        ))}
        <FormGroup label={t('allocate.note')} labelFor="allocate-note">
          <InputGroup
            id="allocate-note"
            value={note}
            maxLength={400}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
        </FormGroup>
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button onClick={props.onClose}>{t('allocate.cancel')}</Button>
            <Button intent="primary" disabled={!ready} onClick={act} endIcon={<KeyCaps combo="mod+Enter" />}>
              {t('allocate.act')}
            </Button>
          </>
        }
      />
    </Dialog>
  );
}

function Lines(props: {
  readonly lines: readonly DraftLine[];
  readonly onChange: (openItemId: string, part: Partial<DraftLine>) => void;
  readonly onRemove: (openItemId: string) => void;
}) {
  if (props.lines.length === 0) return <p className="cs-muted">{t('allocate.none')}</p>;
  return (
    <table className="cs-settles cs-settles--edit">
      <thead>
        <tr>
          <th scope="col">{t('allocate.item')}</th>
          <th scope="col">{t('allocate.open')}</th>
          <th scope="col">{t('allocate.settle')}</th>
          <th scope="col">{t('allocate.discount')}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {props.lines.map((line) => (
          <tr key={line.openItemId}>
            <th scope="row">
              {line.invoiceNumber}
              <span className="cs-muted"> {line.customerName}</span>
            </th>
            <td>
              <Money
                amountMinor={line.isCreditNote ? -line.openMinor : line.openMinor}
                currency={line.currency}
              />
              {line.chargesMinor !== 0n && (
                <span className="cs-note cs-takings">
                  {t('item.charges', { amount: writeMoney(line.chargesMinor, line.currency) })}
                </span>
              )}
            </td>
            <td>
              <InputGroup
                className="cs-amount-field"
                inputMode="decimal"
                aria-label={t('allocate.settleOf', { item: line.invoiceNumber })}
                value={line.settleText}
                onChange={(event) =>
                  props.onChange(line.openItemId, { settleText: event.currentTarget.value })
                }
              />
            </td>
            <td>
              <InputGroup
                className="cs-amount-field"
                inputMode="decimal"
                aria-label={t('allocate.discountOf', { item: line.invoiceNumber })}
                value={line.discountText}
                onChange={(event) =>
                  props.onChange(line.openItemId, { discountText: event.currentTarget.value })
                }
              />
            </td>
            <td>
              <Button
                size="small"
                variant="minimal"
                aria-label={t('allocate.remove', { item: line.invoiceNumber })}
                onClick={() => props.onRemove(line.openItemId)}
              >
                ✕
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
