/**
 * Which elements of pacs.008, pacs.002, pacs.004 and camt.056 are read and what each one sets. One tree serves
 * all versions of a message; elements that are not in it are skipped.
 */

import type { ElementNode } from './camt-nodes.ts';
import * as nodes from './camt-nodes.ts';
import {
  accountChildren,
  agentNode,
  chargeRecord,
  partyNode,
  partyOf,
  remittance,
} from './camt-schema-details.ts';
import type { InstantReader } from './instant-reader.ts';
import type { InstantKind, PaymentKeys } from './instant-types.ts';

type InstantNode = ElementNode<InstantReader>;

const amount = nodes.amount<InstantReader>;
const group = nodes.group<InstantReader>;
const text = nodes.text<InstantReader>;

/** The kinds with a tree here; a camt.054 is read by the tree of the statements. */
export type OrderKind = Exclude<InstantKind, 'camt.054'>;

const NOT_PROVIDED = 'NOTPROVIDED';

// --- What says which rail it came by

const localInstrument = text((reader, value) => {
  reader.facts.localInstruments.push(value);
});
const serviceLevel = text((reader, value) => {
  reader.facts.serviceLevels.push(value);
});
const paymentType = group({
  SvcLvl: group({ Cd: serviceLevel, Prtry: serviceLevel }),
  LclInstrm: group({ Cd: localInstrument, Prtry: localInstrument }),
});
const clearingSystem = text((reader, value) => {
  reader.facts.clearingSystem ??= value;
});
const settlement = group({ ClrSys: group({ Cd: clearingSystem, Prtry: clearingSystem }) });

// --- Group header

const total = amount((reader, value) => {
  reader.group.total = value;
});

const messageId = text((reader, value) => {
  reader.group.messageId = value;
});

const createdAt = text((reader, value) => {
  reader.group.createdOn = reader.readDate(value);
  reader.group.createdAt = value;
});

const sender = text((reader, value) => {
  reader.group.sender ??= value;
});
/** `InstgAgt` of the header, or of the transactions where the rail has it there; `Assgnr` of a recall. */
const sendingAgent = group({
  FinInstnId: group({ BICFI: sender, BIC: sender, ClrSysMmbId: group({ MmbId: sender }) }),
});

const control = {
  NbOfTxs: text((reader, value) => {
    reader.group.count = value;
  }),
  CtrlSum: text((reader, value) => {
    reader.group.controlSum = reader.readDecimal(value);
  }),
};

const groupHeader = group({
  MsgId: messageId,
  CreDtTm: createdAt,
  ...control,
  GrpRtr: text((reader, value) => {
    reader.group.wholeGroup = reader.readBoolean(value);
  }),
  TtlIntrBkSttlmAmt: total,
  TtlRtrdIntrBkSttlmAmt: total,
  IntrBkSttlmDt: text((reader, value) => {
    reader.group.settlementDate = reader.readDate(value);
  }),
  SttlmInf: settlement,
  PmtTpInf: paymentType,
  InstgAgt: sendingAgent,
});

// --- One transaction

const on = {
  open: (reader: InstantReader, byteStart: number) => reader.openItem(byteStart),
  close: (reader: InstantReader, _: string, byteEnd: number) => reader.closeItem(byteEnd),
};

const settlementDate = text((reader, value) => {
  reader.draft.settlementDate = reader.readDate(value);
});
const settledAmount = amount((reader, value) => {
  reader.draft.amount = value;
});
const accepted = text((reader, value) => {
  reader.draft.acceptedOn = reader.readDate(value);
});

const paymentIdentification = group({
  InstrId: text((reader, value) => {
    reader.draft.detail.instructionId = value;
  }),
  EndToEndId: text((reader, value) => {
    if (value !== NOT_PROVIDED) reader.draft.detail.endToEndId = value;
  }),
  TxId: text((reader, value) => {
    reader.draft.detail.transactionId = value;
  }),
  UETR: text((reader, value) => {
    reader.draft.detail.uetr = value.toLowerCase();
  }),
  ClrSysRef: text((reader, value) => {
    reader.draft.detail.clearingSystemReference = value;
  }),
});

const creditorAccount = group({
  ...accountChildren(partyOf.creditor),
  Ccy: text((reader, value) => {
    reader.draft.creditorCurrency = reader.readCurrency(value);
  }),
});
const debtorAccount = group({
  ...accountChildren(partyOf.debtor),
  Ccy: text((reader, value) => {
    reader.draft.debtorCurrency = reader.readCurrency(value);
  }),
});

const purpose = text((reader, value) => {
  reader.draft.detail.purpose = value;
});

const creditTransfer = group(
  {
    PmtId: paymentIdentification,
    PmtTpInf: paymentType,
    IntrBkSttlmAmt: settledAmount,
    IntrBkSttlmDt: settlementDate,
    AccptncDtTm: accepted,
    InstdAmt: amount((reader, value) => {
      reader.draft.detail.instructed = value;
    }),
    XchgRate: text((reader, value) => {
      reader.draft.rate = reader.readDecimal(value);
    }),
    ChrgsInf: chargeRecord,
    InstgAgt: sendingAgent,
    UltmtDbtr: partyNode(partyOf.ultimateDebtor),
    Dbtr: partyNode(partyOf.debtor),
    DbtrAcct: debtorAccount,
    DbtrAgt: agentNode(partyOf.debtor),
    CdtrAgt: agentNode(partyOf.creditor),
    Cdtr: partyNode(partyOf.creditor),
    CdtrAcct: creditorAccount,
    UltmtCdtr: partyNode(partyOf.ultimateCreditor),
    Purp: group({ Cd: purpose, Prtry: purpose }),
    RmtInf: remittance,
  },
  on,
);

// --- What an earlier message is called by

const originalKey = (key: keyof PaymentKeys): InstantNode =>
  text((reader, value) => {
    if (value !== NOT_PROVIDED) reader.draft.original[key] = key === 'uetr' ? value.toLowerCase() : value;
  });

const originalAmount = amount((reader, value) => {
  reader.draft.originalAmount ??= value;
});

const originalKeys = {
  OrgnlGrpInf: group({
    OrgnlMsgId: text((reader, value) => {
      reader.draft.originalMessageId = value;
    }),
  }),
  OrgnlInstrId: originalKey('instructionId'),
  OrgnlEndToEndId: originalKey('endToEndId'),
  OrgnlTxId: originalKey('transactionId'),
  OrgnlUETR: originalKey('uetr'),
  OrgnlClrSysRef: originalKey('clearingSystemReference'),
  OrgnlIntrBkSttlmAmt: originalAmount,
};

const originalReference = group({
  IntrBkSttlmAmt: originalAmount,
  Amt: group({ InstdAmt: originalAmount }),
  SttlmInf: settlement,
  PmtTpInf: paymentType,
});

const reason = text((reader, value) => {
  reader.draft.reason ??= value;
});
const reasonOf = (leaf: InstantNode) => group({ Rsn: group({ Cd: leaf, Prtry: leaf }) });

const originalMessage = text((reader, value) => {
  reader.original.messageId = value;
});
const originalReason = reasonOf(
  text((reader, value) => {
    reader.original.reason ??= value;
  }),
);
const onOriginal = {
  open: (reader: InstantReader, byteStart: number) => reader.openOriginal(byteStart),
  close: (reader: InstantReader, _: string, byteEnd: number) => reader.closeOriginal(byteEnd),
};

// --- pacs.002

const statusGroup = group(
  {
    OrgnlMsgId: originalMessage,
    GrpSts: text((reader, value) => {
      reader.original.status = value;
    }),
    StsRsnInf: originalReason,
  },
  onOriginal,
);

const transactionStatus = group(
  {
    ...originalKeys,
    TxSts: text((reader, value) => {
      reader.draft.status = value;
    }),
    StsRsnInf: reasonOf(reason),
    AcctSvcrRef: originalKey('accountServicerReference'),
    ClrSysRef: originalKey('clearingSystemReference'),
    InstgAgt: sendingAgent,
    OrgnlTxRef: originalReference,
  },
  on,
);

// --- pacs.004

const returnGroup = group({ OrgnlMsgId: originalMessage, RtrRsnInf: originalReason }, onOriginal);

const paymentReturn = group(
  {
    RtrId: text((reader, value) => {
      reader.draft.returnId = value;
    }),
    ...originalKeys,
    PmtTpInf: paymentType,
    RtrdIntrBkSttlmAmt: settledAmount,
    IntrBkSttlmDt: settlementDate,
    ClrSysRef: text((reader, value) => {
      reader.draft.detail.clearingSystemReference = value;
    }),
    InstgAgt: sendingAgent,
    RtrRsnInf: reasonOf(reason),
    OrgnlTxRef: originalReference,
  },
  on,
);

// --- camt.056

const caseOf = (set: (reader: InstantReader, value: string) => void) => group({ Id: text(set) });

const recallGroup = group({
  Case: caseOf((reader, value) => {
    reader.original.caseId = value;
  }),
  OrgnlMsgId: originalMessage,
  CxlRsnInf: originalReason,
});

const recall = group(
  {
    Case: caseOf((reader, value) => {
      reader.draft.caseId = value;
    }),
    ...originalKeys,
    CxlRsnInf: reasonOf(reason),
    OrgnlTxRef: originalReference,
  },
  on,
);

/** What the message is called below `Document`, by kind. */
export const INSTANT_BODIES: Readonly<Record<InstantKind, string>> = {
  'pacs.008': 'FIToFICstmrCdtTrf',
  'pacs.002': 'FIToFIPmtStsRpt',
  'pacs.004': 'PmtRtr',
  'camt.054': 'BkToCstmrDbtCdtNtfctn',
  'camt.056': 'FIToFIPmtCxlReq',
};

const CONTENTS: Readonly<Record<OrderKind, InstantNode>> = {
  'pacs.008': group({ GrpHdr: groupHeader, CdtTrfTxInf: creditTransfer }),
  'pacs.002': group({ GrpHdr: groupHeader, OrgnlGrpInfAndSts: statusGroup, TxInfAndSts: transactionStatus }),
  'pacs.004': group({ GrpHdr: groupHeader, OrgnlGrpInf: returnGroup, TxInf: paymentReturn }),
  'camt.056': group({
    Assgnmt: group({ Id: messageId, Assgnr: group({ Agt: sendingAgent }), CreDtTm: createdAt }),
    Case: caseOf((reader, value) => {
      reader.caseId = value;
    }),
    CtrlData: group(control),
    Undrlyg: group({ OrgnlGrpInfAndCxl: recallGroup, TxInf: recall }, onOriginal),
  }),
};

const treeOf = (kind: OrderKind): InstantNode => group({ [INSTANT_BODIES[kind]]: CONTENTS[kind] });

/** The trees below `Document`. */
export const INSTANT_TREES: Readonly<Record<OrderKind, InstantNode>> = {
  'pacs.008': treeOf('pacs.008'),
  'pacs.002': treeOf('pacs.002'),
  'pacs.004': treeOf('pacs.004'),
  'camt.056': treeOf('camt.056'),
};

/** Elements that may stand more than once in the one that holds them. */
export const REPEATING: ReadonlySet<string> = new Set([
  'CdtTrfTxInf',
  'TxInfAndSts',
  'TxInf',
  'Undrlyg',
  'OrgnlGrpInfAndSts',
  'StsRsnInf',
  'RtrRsnInf',
  'CxlRsnInf',
  'AddtlInf',
  'SvcLvl',
  'ChrgsInf',
  'Ustrd',
  'Strd',
  'RfrdDocInf',
  'RfrdDocAmt',
  'DscntApldAmt',
  'TaxAmt',
  'AddtlRmtInf',
  'Othr',
  'AdrLine',
  'Ntfctn',
  'Ntry',
  'NtryDtls',
  'TxDtls',
  'Chrgs',
  'Rcrd',
  'Bal',
  'CcyXchg',
]);
