/**
 * Which elements of camt.052, .053 and .054 are read and what each one sets. One tree serves the
 * versions .001.01 to .001.13: where versions differ (`BIC`, `BICOrBEI`, `BICFI`; `Sts` as text or with `Cd`;
 * `Pty` between role and name) both forms are in it. Elements that are not in the tree are skipped.
 */

import type { DetailDraft, DocumentAmounts, Mutable } from './camt-draft.ts';
import type { CamtReader } from './camt-reader.ts';
import type { MoneyAmount, Party } from './types.ts';

type Open = (reader: CamtReader, byteStart: number) => void;
type Close = (reader: CamtReader, text: string, byteEnd: number) => void;

export interface CamtNode {
  readonly children: ReadonlyMap<string, CamtNode>;
  /** True where the element's text is read. */
  readonly leaf: boolean;
  readonly open?: Open;
  readonly close?: Close;
}

type Children = Readonly<Record<string, CamtNode>>;

const NO_CHILDREN: ReadonlyMap<string, CamtNode> = new Map();

function group(children: Children, on: { open?: Open; close?: Close } = {}): CamtNode {
  return { children: new Map(Object.entries(children)), leaf: false, ...on };
}

/** An element whose text is read; empty text sets nothing. */
function text(set: (reader: CamtReader, value: string) => void): CamtNode {
  return {
    children: NO_CHILDREN,
    leaf: true,
    close: (reader, value) => {
      if (value !== '') set(reader, value);
    },
  };
}

function amount(set: (reader: CamtReader, value: MoneyAmount) => void): CamtNode {
  return {
    children: NO_CHILDREN,
    leaf: true,
    close: (reader, value) => set(reader, reader.readAmount(value)),
  };
}

/** `<Dt>`, `<DtTm>` or, in some versions, the date itself as text. */
function date(set: (reader: CamtReader, value: string) => void): Children {
  const leaf = text((reader, value) => set(reader, reader.readDate(value)));
  return { Dt: leaf, DtTm: leaf };
}

const direction = (set: (reader: CamtReader, value: 'credit' | 'debit') => void): CamtNode =>
  text((reader, value) => set(reader, reader.readDirection(value)));

type PartyOf = (detail: DetailDraft) => Mutable<Party>;

const partyOf = {
  creditor: (detail) => (detail.creditor ??= {}),
  debtor: (detail) => (detail.debtor ??= {}),
  ultimateCreditor: (detail) => (detail.ultimateCreditor ??= {}),
  ultimateDebtor: (detail) => (detail.ultimateDebtor ??= {}),
} satisfies Record<string, PartyOf>;

function partyNode(of: PartyOf): CamtNode {
  const name = text((reader, value) => {
    of(reader.target).name = value;
  });
  const country = text((reader, value) => {
    of(reader.target).country ??= value;
  });
  const bic = text((reader, value) => {
    of(reader.target).bic = value;
  });
  const address = group({ Ctry: country });
  const other = group(
    {
      Id: text((reader, value) => {
        reader.otherId = value;
      }),
      SchmeNm: group({
        Prtry: text((reader, value) => {
          // The SEPA creditor identifier; other identifiers of persons are not needed and not kept.
          if (value === 'SEPA' && reader.otherId !== undefined) reader.target.creditorId = reader.otherId;
        }),
      }),
    },
    {
      open: (reader) => {
        reader.otherId = undefined;
      },
    },
  );
  const identification = group({
    OrgId: group({ Othr: other, AnyBIC: bic }),
    PrvtId: group({ Othr: other }),
  });
  const plain = { Nm: name, PstlAdr: address, CtryOfRes: country, Id: identification };
  const institution = group({
    Nm: name,
    PstlAdr: address,
    BIC: bic,
    BICFI: bic,
    NmAndAdr: group({ Nm: name, PstlAdr: address }),
  });
  return group({
    ...plain,
    Pty: group(plain),
    Agt: group({ FinInstnId: institution }),
    FinInstnId: institution,
  });
}

function accountNode(of: PartyOf): CamtNode {
  const other = text((reader, value) => {
    of(reader.target).account ??= value;
  });
  return group({
    Id: group({
      IBAN: text((reader, value) => {
        of(reader.target).account = reader.readIban(value);
      }),
      BBAN: other,
      UPIC: other,
      PrtryAcct: group({ Id: other }),
      Othr: group({ Id: other }),
    }),
    Nm: text((reader, value) => {
      of(reader.target).name ??= value;
    }),
  });
}

function agentNode(of: PartyOf): CamtNode {
  const bic = text((reader, value) => {
    of(reader.target).bic ??= value;
  });
  const member = text((reader, value) => {
    of(reader.target).bankCode ??= value;
  });
  return group({
    FinInstnId: group({ BIC: bic, BICFI: bic, ClrSysMmbId: group({ Id: member, MmbId: member }) }),
  });
}

const bankTransactionCode = group({
  Domn: group({
    Cd: text((reader, value) => {
      reader.target.code.domain = value;
    }),
    Fmly: group({
      Cd: text((reader, value) => {
        reader.target.code.family = value;
      }),
      SubFmlyCd: text((reader, value) => {
        reader.target.code.subFamily = value;
      }),
    }),
  }),
  Prtry: group({
    Cd: text((reader, value) => {
      reader.target.code.proprietary = value;
    }),
  }),
});

const exchange = group(
  {
    SrcCcy: text((reader, value) => {
      reader.exchange.sourceCurrency = reader.readCurrency(value);
    }),
    TrgtCcy: text((reader, value) => {
      reader.exchange.targetCurrency = reader.readCurrency(value);
    }),
    UnitCcy: text((reader, value) => {
      reader.exchange.unitCurrency = reader.readCurrency(value);
    }),
    XchgRate: text((reader, value) => {
      reader.exchange.rate = reader.readDecimal(value);
    }),
  },
  {
    open: (reader) => {
      reader.exchange = {};
    },
    close: (reader) => reader.takeExchange(),
  },
);

const amountAndExchange = (set: (reader: CamtReader, value: MoneyAmount) => void): CamtNode =>
  group({ Amt: amount(set), CcyXchg: exchange });

const amountDetails = group({
  InstdAmt: amountAndExchange((reader, value) => {
    reader.target.instructed = value;
  }),
  TxAmt: amountAndExchange((reader, value) => {
    reader.target.transactionAmount = value;
  }),
  CntrValAmt: amountAndExchange((reader, value) => {
    reader.target.counterValue = value;
  }),
});

const chargeFields: Children = {
  Amt: amount((reader, value) => {
    reader.charge.amount = value;
  }),
  CdtDbtInd: direction((reader, value) => {
    reader.charge.direction = value;
  }),
  ChrgInclInd: text((reader, value) => {
    reader.charge.included = reader.readBoolean(value);
  }),
  Tp: group({
    Cd: text((reader, value) => {
      reader.charge.type = value;
    }),
    Prtry: group({
      Id: text((reader, value) => {
        reader.charge.type = value;
      }),
    }),
  }),
};

const openCharge: Open = (reader) => {
  reader.charge = {};
};

/** Version .02 repeats `Chrgs`; later ones hold a total and `Rcrd` elements. */
const charges = group(
  {
    ...chargeFields,
    TtlChrgsAndTaxAmt: amount((reader, value) => {
      reader.charge.total = value;
    }),
    Rcrd: group(chargeFields, { open: openCharge, close: (reader) => reader.takeCharge(true) }),
  },
  { open: openCharge, close: (reader) => reader.takeCharge(false) },
);

const documentAmount = (set: (amounts: DocumentAmounts, value: MoneyAmount) => void): CamtNode => {
  const leaf = amount((reader, value) => set(reader.structured.amounts, value));
  // `DscntApldAmt` is an amount in .02 and holds `Amt` from .03 on.
  return {
    children: new Map([['Amt', leaf]]),
    leaf: true,
    close: (reader, value) => {
      if (value !== '') set(reader.structured.amounts, reader.readAmount(value));
    },
  };
};

const documentDate = date((reader, value) => {
  reader.document.date = value;
});

const referredDocument = group(
  {
    Nb: text((reader, value) => {
      reader.document.number = value;
    }),
    Tp: group({
      CdOrPrtry: group({
        Cd: text((reader, value) => {
          reader.document.type = value;
        }),
        Prtry: text((reader, value) => {
          reader.document.type = value;
        }),
      }),
    }),
    RltdDt: {
      children: new Map(Object.entries(documentDate)),
      leaf: true,
      close: (reader, value) => {
        if (value !== '') reader.document.date = reader.readDate(value);
      },
    },
  },
  {
    open: (reader) => {
      reader.document = {};
      reader.structured.documents.push(reader.document);
    },
  },
);

const remittanceAmounts = group({
  DuePyblAmt: documentAmount((amounts, value) => {
    amounts.due = value;
  }),
  DscntApldAmt: documentAmount((amounts, value) => {
    amounts.discount = value;
  }),
  CdtNoteAmt: documentAmount((amounts, value) => {
    amounts.creditNote = value;
  }),
  RmtdAmt: documentAmount((amounts, value) => {
    amounts.remitted = value;
  }),
});

const referenceCode = text((reader, value) => {
  reader.structured.referenceCode = value;
});
const creditorReference = text((reader, value) => {
  reader.structured.reference = value;
});

const structuredRemittance = group(
  {
    RfrdDocInf: referredDocument,
    RfrdDocAmt: remittanceAmounts,
    CdtrRefInf: group({
      Tp: group({ CdOrPrtry: group({ Cd: referenceCode, Prtry: referenceCode }) }),
      CdtrRefTp: group({ Cd: referenceCode, Prtry: referenceCode }),
      Ref: creditorReference,
      CdtrRef: creditorReference,
    }),
    AddtlRmtInf: text((reader, value) => {
      reader.structured.additional.push(value);
    }),
  },
  {
    open: (reader) => {
      reader.structured = { documents: [], amounts: {}, additional: [] };
    },
    close: (reader) => reader.takeStructured(),
  },
);

const references = group({
  AcctSvcrRef: text((reader, value) => {
    reader.target.accountServicerReference = value;
  }),
  InstrId: text((reader, value) => {
    reader.target.instructionId = value;
  }),
  EndToEndId: text((reader, value) => {
    if (value !== 'NOTPROVIDED') reader.target.endToEndId = value;
  }),
  UETR: text((reader, value) => {
    reader.target.uetr = value.toLowerCase();
  }),
  TxId: text((reader, value) => {
    reader.target.transactionId = value;
  }),
  MndtId: text((reader, value) => {
    reader.target.mandateId = value;
  }),
  ChqNb: text((reader, value) => {
    reader.target.chequeNumber = value;
  }),
});

const returnReason = text((reader, value) => {
  reader.target.returnReason ??= value;
});
const returnInformation = group({
  Rsn: group({ Cd: returnReason, Prtry: returnReason }),
  RtrRsn: group({ Cd: returnReason, Prtry: returnReason }),
});

const purpose = text((reader, value) => {
  reader.target.purpose = value;
});

const transactionDetails = group(
  {
    Refs: references,
    Amt: amount((reader, value) => {
      reader.target.amount = value;
    }),
    CdtDbtInd: direction((reader, value) => {
      reader.target.direction = value;
    }),
    AmtDtls: amountDetails,
    BkTxCd: bankTransactionCode,
    Chrgs: charges,
    RltdPties: group({
      Dbtr: partyNode(partyOf.debtor),
      DbtrAcct: accountNode(partyOf.debtor),
      UltmtDbtr: partyNode(partyOf.ultimateDebtor),
      Cdtr: partyNode(partyOf.creditor),
      CdtrAcct: accountNode(partyOf.creditor),
      UltmtCdtr: partyNode(partyOf.ultimateCreditor),
    }),
    RltdAgts: group({ DbtrAgt: agentNode(partyOf.debtor), CdtrAgt: agentNode(partyOf.creditor) }),
    RmtInf: group({
      Ustrd: text((reader, value) => {
        reader.target.unstructured.push(value);
      }),
      Strd: structuredRemittance,
    }),
    RtrInf: returnInformation,
    Purp: group({ Cd: purpose, Prtry: purpose }),
    AddtlTxInf: text((reader, value) => {
      reader.target.additionalInfo = value;
    }),
  },
  {
    open: (reader, byteStart) => reader.openDetail(byteStart),
    close: (reader, _, byteEnd) => reader.closeDetail(byteEnd),
  },
);

const statusLeaf = text((reader, value) => {
  reader.entry.status = reader.readStatus(value);
});

/** `Sts` is text up to version .06 and a choice of `Cd` and `Prtry` from .07 on. */
const status: CamtNode = {
  children: new Map([
    ['Cd', statusLeaf],
    [
      'Prtry',
      text((reader) => {
        // A bank's own status is no booking.
        reader.entry.status = 'info';
      }),
    ],
  ]),
  leaf: true,
  close: (reader, value) => {
    if (value !== '') reader.entry.status = reader.readStatus(value);
  },
};

const detailsGroup = group(
  { TxDtls: transactionDetails },
  { open: (reader, byteStart) => reader.endEntryHead(byteStart) },
);

const entry = group(
  {
    NtryRef: text((reader, value) => {
      reader.entry.reference = value;
    }),
    Amt: amount((reader, value) => {
      reader.entry.amount = value;
    }),
    CdtDbtInd: direction((reader, value) => {
      reader.entry.direction = value;
    }),
    RvslInd: text((reader, value) => {
      reader.entry.reversal = reader.readBoolean(value);
    }),
    Sts: status,
    BookgDt: group(
      date((reader, value) => {
        reader.entry.bookingDate = value;
      }),
    ),
    ValDt: group(
      date((reader, value) => {
        reader.entry.valueDate = value;
      }),
    ),
    AcctSvcrRef: text((reader, value) => {
      reader.entry.shared.accountServicerReference = value;
    }),
    BkTxCd: bankTransactionCode,
    AmtDtls: amountDetails,
    Chrgs: charges,
    NtryDtls: detailsGroup,
    // In the first version details stand directly in the entry.
    TxDtls: transactionDetails,
    AddtlNtryInf: text((reader, value) => {
      reader.entry.shared.additionalInfo = value;
    }),
  },
  {
    open: (reader, byteStart) => reader.openEntry(byteStart),
    close: (reader, _, byteEnd) => reader.closeEntry(byteEnd),
  },
);

const balanceCode = text((reader, value) => {
  reader.balance.code = value;
});
const balanceSubType = text((reader, value) => {
  reader.balance.subType = value;
});

const balance = group(
  {
    Tp: group({
      Cd: balanceCode,
      Prtry: balanceCode,
      CdOrPrtry: group({ Cd: balanceCode, Prtry: balanceCode }),
      SubTp: group({ Cd: balanceSubType, Prtry: balanceSubType }),
    }),
    Amt: amount((reader, value) => {
      reader.balance.amount = value;
    }),
    CdtDbtInd: direction((reader, value) => {
      reader.balance.direction = value;
    }),
    Dt: group(
      date((reader, value) => {
        reader.balance.date = value;
      }),
    ),
  },
  {
    open: (reader, byteStart) => reader.openBalance(byteStart),
    close: (reader, _, byteEnd) => reader.closeBalance(byteEnd),
  },
);

const otherAccountId = text((reader, value) => reader.setAccount(value, false));
const servicerBic = text((reader, value) => {
  reader.account.servicerBic = value;
});

const account = group({
  Id: group({
    IBAN: text((reader, value) => reader.setAccount(value, true)),
    BBAN: otherAccountId,
    UPIC: otherAccountId,
    PrtryAcct: group({ Id: otherAccountId }),
    Othr: group({ Id: otherAccountId }),
  }),
  Ccy: text((reader, value) => {
    reader.account.currency = reader.readCurrency(value);
  }),
  Nm: text((reader, value) => {
    reader.account.ownerName ??= value;
  }),
  Ownr: group({
    Nm: text((reader, value) => {
      reader.account.ownerName = value;
    }),
    Pty: group({
      Nm: text((reader, value) => {
        reader.account.ownerName = value;
      }),
    }),
  }),
  Svcr: group({ FinInstnId: group({ BIC: servicerBic, BICFI: servicerBic }) }),
});

const pagination = group({
  PgNb: text((reader, value) => {
    reader.header.page = value;
  }),
  LastPgInd: text((reader, value) => {
    reader.header.lastPage = reader.readBoolean(value);
  }),
});

const summaryOf = (side: 'all' | 'credit' | 'debit'): CamtNode =>
  group({
    NbOfNtries: text((reader, value) => {
      reader.summary[side].count = value;
    }),
  });

const fromDate = text((reader, value) => {
  reader.header.fromDate = reader.readDate(value);
});
const toDate = text((reader, value) => {
  reader.header.toDate = reader.readDate(value);
});

const statement = group(
  {
    Id: text((reader, value) => {
      reader.header.statementId = value;
    }),
    StmtPgntn: pagination,
    RptPgntn: pagination,
    NtfctnPgntn: pagination,
    ElctrncSeqNb: text((reader, value) => {
      reader.header.sequenceNumber ??= value;
    }),
    LglSeqNb: text((reader, value) => {
      reader.header.sequenceNumber = value;
    }),
    CreDtTm: text((reader, value) => {
      reader.header.createdAt = value;
    }),
    FrToDt: group({ FrDtTm: fromDate, ToDtTm: toDate, FrDt: fromDate, ToDt: toDate }),
    CpyDplctInd: text((reader, value) => {
      reader.header.copyDuplicate = value;
    }),
    Acct: account,
    Bal: balance,
    TxsSummry: group({
      TtlNtries: summaryOf('all'),
      TtlCdtNtries: summaryOf('credit'),
      TtlDbtNtries: summaryOf('debit'),
    }),
    Ntry: entry,
  },
  {
    open: (reader, byteStart) => reader.openStatement(byteStart),
    close: (reader, _, byteEnd) => reader.closeStatement(byteEnd),
  },
);

/** What a message of each type is called and what its statements are called. */
export const CAMT_MESSAGES = {
  'camt.052': { body: 'BkToCstmrAcctRpt', statement: 'Rpt' },
  'camt.053': { body: 'BkToCstmrStmt', statement: 'Stmt' },
  'camt.054': { body: 'BkToCstmrDbtCdtNtfctn', statement: 'Ntfctn' },
} as const;

export type CamtType = keyof typeof CAMT_MESSAGES;

/** The tree below `Document` of one message type. */
export function camtTree(type: CamtType): CamtNode {
  const { body, statement: name } = CAMT_MESSAGES[type];
  const content = group({ [name]: statement });
  // The first version had its version in the name of the element.
  return group({ [body]: content, [`${body}V01`]: content });
}
