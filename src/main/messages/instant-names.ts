/**
 * Names of the elements in JSON. ISO 20022 messages are written in JSON with the short tags of the XML, or with
 * the long names of the same elements, in snake_case or camelCase; both are taken, and mean the same.
 */
import type { ElementShape } from './camt-nodes.ts';
import { CAMT_TREES } from './camt-schema.ts';
import { INSTANT_BODIES, INSTANT_TREES } from './instant-schema.ts';
import type { InstantKind } from './instant-types.ts';

/** The long names of ISO 20022 for the short tags that are read, where they differ. */
const LONG_NAMES: Readonly<Record<string, string>> = {
  AccptncDtTm: 'AcceptanceDateTime',
  Acct: 'Account',
  AcctSvcrRef: 'AccountServicerReference',
  AddtlNtryInf: 'AdditionalEntryInformation',
  AddtlRmtInf: 'AdditionalRemittanceInformation',
  AddtlTxInf: 'AdditionalTransactionInformation',
  Agt: 'Agent',
  Amt: 'Amount',
  AmtDtls: 'AmountDetails',
  Assgnmt: 'Assignment',
  Assgnr: 'Assigner',
  Bal: 'Balance',
  BkTxCd: 'BankTransactionCode',
  BookgDt: 'BookingDate',
  Ccy: 'Currency',
  CcyXchg: 'CurrencyExchange',
  Cd: 'Code',
  CdOrPrtry: 'CodeOrProprietary',
  CdtDbtInd: 'CreditDebitIndicator',
  CdtNoteAmt: 'CreditNoteAmount',
  CdtTrfTxInf: 'CreditTransferTransactionInformation',
  Cdtr: 'Creditor',
  CdtrAcct: 'CreditorAccount',
  CdtrAgt: 'CreditorAgent',
  CdtrRefInf: 'CreditorReferenceInformation',
  ChqNb: 'ChequeNumber',
  ChrgInclInd: 'ChargeIncludedIndicator',
  Chrgs: 'Charges',
  ChrgsInf: 'ChargesInformation',
  ClrSys: 'ClearingSystem',
  ClrSysMmbId: 'ClearingSystemMemberIdentification',
  ClrSysRef: 'ClearingSystemReference',
  CntrValAmt: 'CounterValueAmount',
  CpyDplctInd: 'CopyDuplicateIndicator',
  CreDtTm: 'CreationDateTime',
  Ctry: 'Country',
  CtryOfRes: 'CountryOfResidence',
  CtrlData: 'ControlData',
  CtrlSum: 'ControlSum',
  CxlRsnInf: 'CancellationReasonInformation',
  Dbtr: 'Debtor',
  DbtrAcct: 'DebtorAccount',
  DbtrAgt: 'DebtorAgent',
  Domn: 'Domain',
  DscntApldAmt: 'DiscountAppliedAmount',
  Dt: 'Date',
  DtTm: 'DateTime',
  DuePyblAmt: 'DuePayableAmount',
  ElctrncSeqNb: 'ElectronicSequenceNumber',
  EndToEndId: 'EndToEndIdentification',
  FinInstnId: 'FinancialInstitutionIdentification',
  Fmly: 'Family',
  FrDt: 'FromDate',
  FrDtTm: 'FromDateTime',
  FrToDt: 'FromToDate',
  GrpHdr: 'GroupHeader',
  GrpRtr: 'GroupReturn',
  GrpSts: 'GroupStatus',
  Id: 'Identification',
  InstdAmt: 'InstructedAmount',
  InstgAgt: 'InstructingAgent',
  InstrId: 'InstructionIdentification',
  IntrBkSttlmAmt: 'InterbankSettlementAmount',
  IntrBkSttlmDt: 'InterbankSettlementDate',
  LastPgInd: 'LastPageIndicator',
  LclInstrm: 'LocalInstrument',
  LglSeqNb: 'LegalSequenceNumber',
  MmbId: 'MemberIdentification',
  MndtId: 'MandateIdentification',
  MsgId: 'MessageIdentification',
  Nb: 'Number',
  NbOfNtries: 'NumberOfEntries',
  NbOfTxs: 'NumberOfTransactions',
  Nm: 'Name',
  NmAndAdr: 'NameAndAddress',
  Ntfctn: 'Notification',
  NtfctnPgntn: 'NotificationPagination',
  Ntry: 'Entry',
  NtryDtls: 'EntryDetails',
  NtryRef: 'EntryReference',
  OrgId: 'OrganisationIdentification',
  OrgnlClrSysRef: 'OriginalClearingSystemReference',
  OrgnlEndToEndId: 'OriginalEndToEndIdentification',
  OrgnlGrpInf: 'OriginalGroupInformation',
  OrgnlGrpInfAndCxl: 'OriginalGroupInformationAndCancellation',
  OrgnlGrpInfAndSts: 'OriginalGroupInformationAndStatus',
  OrgnlInstrId: 'OriginalInstructionIdentification',
  OrgnlIntrBkSttlmAmt: 'OriginalInterbankSettlementAmount',
  OrgnlMsgId: 'OriginalMessageIdentification',
  OrgnlTxId: 'OriginalTransactionIdentification',
  OrgnlTxRef: 'OriginalTransactionReference',
  OrgnlUETR: 'OriginalUETR',
  Othr: 'Other',
  Ownr: 'Owner',
  PgNb: 'PageNumber',
  PmtId: 'PaymentIdentification',
  PmtTpInf: 'PaymentTypeInformation',
  PrtryAcct: 'ProprietaryAccount',
  Prtry: 'Proprietary',
  PrvtId: 'PrivateIdentification',
  PstlAdr: 'PostalAddress',
  Pty: 'Party',
  Purp: 'Purpose',
  Rcrd: 'Record',
  Ref: 'Reference',
  Refs: 'References',
  RfrdDocAmt: 'ReferredDocumentAmount',
  RfrdDocInf: 'ReferredDocumentInformation',
  RltdAgts: 'RelatedAgents',
  RltdDt: 'RelatedDate',
  RltdPties: 'RelatedParties',
  RmtInf: 'RemittanceInformation',
  RmtdAmt: 'RemittedAmount',
  Rsn: 'Reason',
  RtrId: 'ReturnIdentification',
  RtrInf: 'ReturnInformation',
  RtrRsnInf: 'ReturnReasonInformation',
  RtrdIntrBkSttlmAmt: 'ReturnedInterbankSettlementAmount',
  RvslInd: 'ReversalIndicator',
  SchmeNm: 'SchemeName',
  SrcCcy: 'SourceCurrency',
  Strd: 'Structured',
  Sts: 'Status',
  StsRsnInf: 'StatusReasonInformation',
  SttlmInf: 'SettlementInformation',
  SubFmlyCd: 'SubFamilyCode',
  SubTp: 'SubType',
  SvcLvl: 'ServiceLevel',
  Svcr: 'Servicer',
  ToDt: 'ToDate',
  ToDtTm: 'ToDateTime',
  Tp: 'Type',
  TrgtCcy: 'TargetCurrency',
  TtlCdtNtries: 'TotalCreditEntries',
  TtlChrgsAndTaxAmt: 'TotalChargesAndTaxAmount',
  TtlDbtNtries: 'TotalDebitEntries',
  TtlIntrBkSttlmAmt: 'TotalInterbankSettlementAmount',
  TtlNtries: 'TotalEntries',
  TtlRtrdIntrBkSttlmAmt: 'TotalReturnedInterbankSettlementAmount',
  TxAmt: 'TransactionAmount',
  TxDtls: 'TransactionDetails',
  TxId: 'TransactionIdentification',
  TxInf: 'TransactionInformation',
  TxInfAndSts: 'TransactionInformationAndStatus',
  TxSts: 'TransactionStatus',
  TxsSummry: 'TransactionsSummary',
  UltmtCdtr: 'UltimateCreditor',
  UltmtDbtr: 'UltimateDebtor',
  Undrlyg: 'Underlying',
  UnitCcy: 'UnitCurrency',
  Ustrd: 'Unstructured',
  ValDt: 'ValueDate',
  XchgRate: 'ExchangeRate',
};

const LONG_BODIES: Readonly<Record<string, InstantKind>> = {
  fitoficustomercredittransfer: 'pacs.008',
  fitofipaymentstatusreport: 'pacs.002',
  paymentreturn: 'pacs.004',
  banktocustomerdebitcreditnotification: 'camt.054',
  fitofipaymentcancellationrequest: 'camt.056',
};

const KIND_OF_BODY = new Map(
  (Object.entries(INSTANT_BODIES) as [InstantKind, string][]).map(([kind, body]) => [body, kind]),
);

/** A name without its marks of words: `message_identification`, `messageIdentification` and the like are one. */
export function plainName(name: string): string {
  return name.replace(/[_\- ]/g, '').toLowerCase();
}

/** The kind of message that an element or a property holds by its name; `V08` at a long name's end is left out. */
export function kindOfBody(name: string): InstantKind | undefined {
  return KIND_OF_BODY.get(name) ?? LONG_BODIES[plainName(name).replace(/v\d\d$/, '')];
}

/** A child of an element: its tag, its place among its siblings, and what it sets. */
export interface Slot {
  readonly local: string;
  readonly index: number;
  readonly node: ElementShape;
}

const known = new WeakMap<object, ReadonlyMap<string, Slot>>();

/** The children of an element by each of the names they may have in JSON. */
export function slotsOf(node: ElementShape): ReadonlyMap<string, Slot> {
  const found = known.get(node);
  if (found !== undefined) return found;
  const slots = new Map<string, Slot>();
  const all = [...node.children].map(([local, child], index) => ({ local, index, node: child }));
  for (const slot of all) slots.set(slot.local, slot);
  for (const slot of all) {
    // A short tag wins over a long name that reads the same.
    for (const alias of [plainName(slot.local), (LONG_NAMES[slot.local] ?? slot.local).toLowerCase()]) {
      if (!slots.has(alias)) slots.set(alias, slot);
    }
  }
  known.set(node, slots);
  return slots;
}

/** Names of envelopes and headers, beside those of the messages themselves. */
const AROUND = ['Document', 'AppHdr', 'Message', 'BizMsgEnvlp', 'FedNowIncoming', 'FedNowOutgoing', 'TxTp'];
let names: Set<string> | undefined;

/** True for a name that the standard gives to an element that is read, in whichever form. */
export function isElementName(name: string): boolean {
  names ??= new Set([
    ...AROUND.map(plainName),
    ...[...Object.values(INSTANT_TREES), CAMT_TREES['camt.054']].flatMap(namesIn),
    ...Object.keys(LONG_BODIES),
  ]);
  return names.has(plainName(name));
}

function namesIn(node: ElementShape): string[] {
  return [...node.children].flatMap(([local, child]) => [
    plainName(local),
    (LONG_NAMES[local] ?? local).toLowerCase(),
    ...namesIn(child),
  ]);
}
