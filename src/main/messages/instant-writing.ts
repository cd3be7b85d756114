/** Values into the elements of pacs.008, pacs.002, pacs.004 and camt.056: the way back of `instant-schema.ts`. */
import { checkIban } from './iban.ts';
import { code, type Element, el, leaf, money } from './instant-elements.ts';
import type {
  InstantPayment,
  InstantRecall,
  InstantReturn,
  InstantStatus,
  PaymentKeys,
  RailId,
} from './instant-types.ts';
import type { BankTransaction, MoneyAmount, Party, Remittance, RemittanceDocument } from './types.ts';

/** A transaction as it is written: its place in a file is the writing's own doing. */
export type WrittenTransaction = Omit<BankTransaction, 'position' | 'index' | 'entryIndex'>;

export interface WrittenPayment extends Omit<InstantPayment, 'transaction' | 'keys'> {
  readonly transaction: WrittenTransaction;
}
export type WrittenStatus = Omit<InstantStatus, 'position'>;
export type WrittenReturn = Omit<InstantReturn, 'position'>;
export type WrittenRecall = Omit<InstantRecall, 'position'>;
export type WrittenItem = WrittenPayment | WrittenStatus | WrittenReturn | WrittenRecall;

export interface WrittenHead {
  readonly messageId: string;
  /** BIC of the bank that sends it. */
  readonly sender?: string;
  readonly createdAt?: string;
  readonly rail?: RailId;
}

type Gathered = Element | undefined;

/** What a rail is known by inside its messages. */
const MARKS: Readonly<Record<RailId, { system?: string; level?: string; instrument?: string }>> = {
  fednow: { system: 'FDN', instrument: 'FDNA' },
  rtp: { system: 'TCH' },
  'sepa-instant': { level: 'SEPA', instrument: 'INST' },
  'faster-payments': { system: 'FPS' },
  pix: {},
  fedwire: { system: 'FDW' },
  'swift-gpi': { level: 'G001' },
};

function settlement(rail: RailId | undefined, method: Gathered): Gathered {
  const { system } = rail === undefined ? {} : MARKS[rail];
  return el('SttlmInf', method, el('ClrSys', leaf('Cd', system)));
}

function paymentType(rail: RailId | undefined): Gathered {
  const { level, instrument } = rail === undefined ? {} : MARKS[rail];
  const isProprietary = instrument === 'FDNA';
  return el(
    'PmtTpInf',
    el('SvcLvl', leaf('Cd', level)),
    el('LclInstrm', leaf(isProprietary ? 'Prtry' : 'Cd', instrument)),
  );
}

function totalOf(name: string, amounts: readonly MoneyAmount[]): Gathered {
  const currency = amounts[0]?.currency;
  if (currency === undefined || amounts.some((one) => one.currency !== currency)) return undefined;
  return money(name, { currency, amountMinor: amounts.reduce((sum, one) => sum + one.amountMinor, 0n) });
}

const senderOf = (name: string, { sender }: WrittenHead): Gathered =>
  agentElement(name, sender === undefined ? undefined : { bic: sender });

function groupHeader(head: WrittenHead, total: Gathered, count: number): Gathered {
  return el(
    'GrpHdr',
    leaf('MsgId', head.messageId),
    leaf('CreDtTm', head.createdAt),
    leaf('NbOfTxs', String(count)),
    total,
    settlement(head.rail, leaf('SttlmMtd', 'CLRG')),
    paymentType(head.rail),
    senderOf('InstgAgt', head),
  );
}

// --- Parties and remittance

/** Name and country of a party. */
export function partyElement(name: string, party: Party | undefined): Gathered {
  return el(name, leaf('Nm', party?.name), el('PstlAdr', leaf('Ctry', party?.country)));
}

export function accountElement(name: string, account: string | undefined, currency?: string): Gathered {
  if (account === undefined) return undefined;
  const id = checkIban(account).ok ? leaf('IBAN', account) : el('Othr', leaf('Id', account));
  return el(name, el('Id', id), leaf('Ccy', currency));
}

export function agentElement(name: string, party: Party | undefined): Gathered {
  const member = el('ClrSysMmbId', leaf('MmbId', party?.bankCode));
  return el(name, el('FinInstnId', leaf('BICFI', party?.bic), member));
}

function documentElements(document: RemittanceDocument): { information: Gathered; amounts: Element[] } {
  const { currency } = document;
  const amount = (name: string, amountMinor: bigint | undefined): Gathered =>
    amountMinor === undefined || currency === undefined ? undefined : money(name, { amountMinor, currency });
  const discount = amount('Amt', document.discountMinor);
  const amounts = [
    amount('DuePyblAmt', document.dueMinor),
    discount === undefined ? undefined : el('DscntApldAmt', discount),
    amount('CdtNoteAmt', document.creditNoteMinor),
    amount('RmtdAmt', document.amountMinor),
  ].filter((one) => one !== undefined);
  const type = document.type === undefined ? undefined : el('Tp', code('CdOrPrtry', document.type));
  const date = document.date === undefined ? undefined : leaf('RltdDt', document.date);
  return { information: el('RfrdDocInf', type, leaf('Nb', document.number), date), amounts };
}

export function remittanceElement({ unstructured, structured }: Remittance): Gathered {
  return el(
    'RmtInf',
    unstructured.map((line) => leaf('Ustrd', line)),
    structured.map(({ reference, referenceType, documents = [], additional = [] }) => {
      const all = documents.map(documentElements);
      const type = referenceType === undefined ? undefined : el('Tp', code('CdOrPrtry', referenceType));
      return el(
        'Strd',
        all.map(({ information }) => information),
        el(
          'RfrdDocAmt',
          all.flatMap(({ amounts }) => amounts),
        ),
        el('CdtrRefInf', type, leaf('Ref', reference)),
        additional.map((line) => leaf('AddtlRmtInf', line)),
      );
    }),
  );
}

// --- The messages

function transferElement({ transaction, accounts }: WrittenPayment): Gathered {
  const of = (direction: 'credit' | 'debit') =>
    accounts.find((one) => one.direction === direction)?.account.currency;
  const { creditor, debtor } = transaction;
  return el(
    'CdtTrfTxInf',
    el(
      'PmtId',
      leaf('InstrId', transaction.instructionId),
      leaf('EndToEndId', transaction.endToEndId ?? 'NOTPROVIDED'),
      leaf('TxId', transaction.transactionId),
      leaf('UETR', transaction.uetr),
      leaf('ClrSysRef', transaction.clearingSystemReference),
    ),
    money('IntrBkSttlmAmt', transaction),
    leaf('IntrBkSttlmDt', transaction.valueDate),
    transaction.valueDate === undefined
      ? leaf('AccptncDtTm', `${transaction.bookingDate}T00:00:00Z`)
      : undefined,
    money('InstdAmt', transaction.instructed),
    leaf('XchgRate', transaction.exchange?.rate),
    leaf('ChrgBr', 'SLEV'),
    (transaction.charges ?? []).map((charge) =>
      el('ChrgsInf', money('Amt', charge), charge.type === undefined ? undefined : code('Tp', charge.type)),
    ),
    partyElement('UltmtDbtr', transaction.ultimateDebtor),
    partyElement('Dbtr', debtor),
    accountElement('DbtrAcct', debtor?.account, of('debit')),
    agentElement('DbtrAgt', debtor),
    agentElement('CdtrAgt', creditor),
    partyElement('Cdtr', creditor),
    accountElement('CdtrAcct', creditor?.account, of('credit')),
    partyElement('UltmtCdtr', transaction.ultimateCreditor),
    code('Purp', transaction.purpose),
    remittanceElement(transaction.remittance),
  );
}

/** The elements in the body of a pacs.008. */
export function transfers(head: WrittenHead, items: readonly WrittenPayment[]): Gathered[] {
  const total = totalOf(
    'TtlIntrBkSttlmAmt',
    items.map(({ transaction }) => transaction),
  );
  return [groupHeader(head, total, items.length), ...items.map(transferElement)];
}

function originalElements(original: PaymentKeys, originalMessageId: string | undefined): Gathered[] {
  return [
    originalMessageId === undefined
      ? undefined
      : el('OrgnlGrpInf', leaf('OrgnlMsgId', originalMessageId), leaf('OrgnlMsgNmId', 'pacs.008')),
    leaf('OrgnlInstrId', original.instructionId),
    leaf('OrgnlEndToEndId', original.endToEndId),
    leaf('OrgnlTxId', original.transactionId),
    leaf('OrgnlUETR', original.uetr),
  ];
}

const originalReference = (rail: RailId | undefined, amount?: MoneyAmount): Gathered =>
  el('OrgnlTxRef', money('IntrBkSttlmAmt', amount), settlement(rail, undefined), paymentType(rail));

/** The elements in the body of a pacs.002. */
export function statuses(head: WrittenHead, items: readonly WrittenStatus[]): Gathered[] {
  return [
    el('GrpHdr', leaf('MsgId', head.messageId), leaf('CreDtTm', head.createdAt), senderOf('InstgAgt', head)),
    ...items.map((item) =>
      el(
        'TxInfAndSts',
        originalElements(item.original, item.originalMessageId),
        leaf('TxSts', item.status),
        el('StsRsnInf', code('Rsn', item.reason)),
        leaf('AcctSvcrRef', item.original.accountServicerReference),
        leaf('ClrSysRef', item.original.clearingSystemReference),
        originalReference(head.rail, item.originalAmount),
      ),
    ),
  ];
}

/** The elements in the body of a pacs.004. */
export function returns(head: WrittenHead, items: readonly WrittenReturn[]): Gathered[] {
  const total = totalOf(
    'TtlRtrdIntrBkSttlmAmt',
    items.map(({ returned }) => returned),
  );
  return [
    groupHeader(head, total, items.length),
    ...items.map((item) =>
      el(
        'TxInf',
        leaf('RtrId', item.keys.transactionId),
        originalElements(item.original, item.originalMessageId),
        leaf('OrgnlClrSysRef', item.original.clearingSystemReference),
        money('RtrdIntrBkSttlmAmt', item.returned),
        leaf('IntrBkSttlmDt', item.settlementDate),
        leaf('ClrSysRef', item.keys.clearingSystemReference),
        el('RtrRsnInf', code('Rsn', item.reason)),
      ),
    ),
  ];
}

/** The elements in the body of a camt.056. */
export function recalls(head: WrittenHead, items: readonly WrittenRecall[]): Gathered[] {
  return [
    el(
      'Assgnmt',
      leaf('Id', head.messageId),
      el('Assgnr', senderOf('Agt', head)),
      leaf('CreDtTm', head.createdAt),
    ),
    el('CtrlData', leaf('NbOfTxs', String(items.length))),
    el(
      'Undrlyg',
      items.map((item) =>
        el(
          'TxInf',
          el('Case', leaf('Id', item.caseId)),
          originalElements(item.original, item.originalMessageId),
          leaf('OrgnlClrSysRef', item.original.clearingSystemReference),
          money('OrgnlIntrBkSttlmAmt', item.originalAmount),
          el('CxlRsnInf', code('Rsn', item.reason)),
          originalReference(head.rail),
        ),
      ),
    ),
  ];
}
