/** Values into the elements of a camt.054: an entry with one detail for each payment. */
import { code, type Element, el, leaf, money } from './instant-elements.ts';
import {
  accountElement,
  agentElement,
  partyElement,
  remittanceElement,
  type WrittenHead,
  type WrittenPayment,
  type WrittenTransaction,
} from './instant-writing.ts';
import type { StatementAccount } from './types.ts';

type Gathered = Element | undefined;

const STATUS_CODES = { booked: 'BOOK', pending: 'PDNG', info: 'INFO', future: 'FUTR' } as const;
const SIDES = { credit: 'CRDT', debit: 'DBIT' } as const;

/** `PMNT/RCDT/ESCT`, or a proprietary code. */
function transactionCode(text: string | undefined): Gathered {
  if (text === undefined) return undefined;
  const [domain, family, subFamily] = text.split('/');
  if (subFamily === undefined) return el('BkTxCd', el('Prtry', leaf('Cd', text)));
  return el(
    'BkTxCd',
    el('Domn', leaf('Cd', domain), el('Fmly', leaf('Cd', family), leaf('SubFmlyCd', subFamily))),
  );
}

function amountDetails({ instructed, exchange }: WrittenTransaction): Gathered {
  const currencyExchange =
    exchange === undefined
      ? undefined
      : el(
          'CcyXchg',
          leaf('SrcCcy', exchange.sourceCurrency),
          leaf('TrgtCcy', exchange.targetCurrency),
          leaf('UnitCcy', exchange.unitCurrency),
          leaf('XchgRate', exchange.rate),
        );
  return el('AmtDtls', el('InstdAmt', money('Amt', instructed), currencyExchange));
}

function charges(transaction: WrittenTransaction): Gathered {
  return el(
    'Chrgs',
    (transaction.charges ?? []).map((charge) =>
      el(
        'Rcrd',
        money('Amt', charge),
        leaf('CdtDbtInd', SIDES[charge.direction]),
        leaf('ChrgInclInd', charge.included === undefined ? undefined : String(charge.included)),
        charge.type === undefined ? undefined : el('Tp', chargeType(charge.type)),
      ),
    ),
  );
}

const chargeType = (type: string): Gathered =>
  /^[A-Z0-9]{1,4}$/.test(type) ? leaf('Cd', type) : el('Prtry', leaf('Id', type));

function details(transaction: WrittenTransaction): Gathered {
  const { creditor, debtor } = transaction;
  return el(
    'TxDtls',
    el(
      'Refs',
      leaf('InstrId', transaction.instructionId),
      leaf('EndToEndId', transaction.endToEndId),
      leaf('UETR', transaction.uetr),
      leaf('TxId', transaction.transactionId),
      leaf('MndtId', transaction.mandateId),
      leaf('ChqNb', transaction.chequeNumber),
      leaf('ClrSysRef', transaction.clearingSystemReference),
    ),
    amountDetails(transaction),
    charges(transaction),
    el(
      'RltdPties',
      partyElement('Dbtr', debtor),
      accountElement('DbtrAcct', debtor?.account),
      partyElement('UltmtDbtr', transaction.ultimateDebtor),
      partyElement('Cdtr', creditor),
      accountElement('CdtrAcct', creditor?.account),
      partyElement('UltmtCdtr', transaction.ultimateCreditor),
    ),
    el('RltdAgts', agentElement('DbtrAgt', debtor), agentElement('CdtrAgt', creditor)),
    code('Purp', transaction.purpose),
    remittanceElement(transaction.remittance),
    el('RtrInf', code('Rsn', transaction.returnReason)),
    leaf('AddtlTxInf', transaction.additionalInfo),
  );
}

function entry(transaction: WrittenTransaction): Gathered {
  return el(
    'Ntry',
    leaf('NtryRef', transaction.entryReference),
    money('Amt', transaction),
    leaf('CdtDbtInd', SIDES[transaction.direction]),
    transaction.reversal ? leaf('RvslInd', 'true') : undefined,
    el('Sts', leaf('Cd', STATUS_CODES[transaction.status])),
    el('BookgDt', leaf('Dt', transaction.bookingDate)),
    el('ValDt', leaf('Dt', transaction.valueDate)),
    leaf('AcctSvcrRef', transaction.accountServicerReference),
    transactionCode(transaction.bankTransactionCode),
    el('NtryDtls', details(transaction)),
  );
}

function account({ iban, other, currency, ownerName, servicerBic }: StatementAccount): Gathered {
  return el(
    'Acct',
    el('Id', leaf('IBAN', iban), iban === undefined ? el('Othr', leaf('Id', other)) : undefined),
    leaf('Ccy', currency),
    el('Ownr', leaf('Nm', ownerName)),
    el('Svcr', el('FinInstnId', leaf('BICFI', servicerBic))),
  );
}

/** The elements in the body of a camt.054; payments on one account that follow each other share a notification. */
export function notifications(head: WrittenHead, items: readonly WrittenPayment[]): Gathered[] {
  const groups: { account: StatementAccount; items: WrittenPayment[] }[] = [];
  for (const item of items) {
    const own = item.accounts[0]?.account ?? {};
    const last = groups.at(-1);
    if (last !== undefined && isSame(last.account, own)) last.items.push(item);
    else groups.push({ account: own, items: [item] });
  }
  return [
    el('GrpHdr', leaf('MsgId', head.messageId), leaf('CreDtTm', head.createdAt)),
    ...groups.map((group, at) =>
      el(
        'Ntfctn',
        leaf('Id', `${head.messageId}-${at + 1}`),
        leaf('CreDtTm', head.createdAt),
        account(group.account),
        group.items.map(({ transaction }) => entry(transaction)),
      ),
    ),
  ];
}

function isSame(a: StatementAccount, b: StatementAccount): boolean {
  const names = ['iban', 'other', 'currency', 'ownerName', 'servicerBic'] as const;
  return names.every((name) => a[name] === b[name]);
}
