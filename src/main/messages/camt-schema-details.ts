/**
 * What is read of a `TxDtls`, and what an entry has in common with it. Where versions differ (`BIC`, `BICFI`;
 * `Pty` between role and name) both forms are in the tree.
 */
import type { DetailDraft, DocumentAmounts, Mutable } from './camt-draft.ts';
import {
  amount,
  type Children,
  date,
  direction,
  type ElementNode,
  group,
  type Open,
  text,
} from './camt-nodes.ts';
import type { CamtRecord } from './camt-record.ts';
import type { FieldRecord } from './field-record.ts';
import type { MoneyAmount, Party } from './types.ts';

type PartyOf = (detail: DetailDraft) => Mutable<Party>;

export const partyOf = {
  creditor: (detail) => (detail.creditor ??= {}),
  debtor: (detail) => (detail.debtor ??= {}),
  ultimateCreditor: (detail) => (detail.ultimateCreditor ??= {}),
  ultimateDebtor: (detail) => (detail.ultimateDebtor ??= {}),
} satisfies Record<string, PartyOf>;

export function partyNode(of: PartyOf): ElementNode {
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

export function accountChildren(of: PartyOf): Children {
  const other = text((reader, value) => {
    of(reader.target).account ??= value;
  });
  return {
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
  };
}

function accountNode(of: PartyOf): ElementNode {
  return group(accountChildren(of));
}

export function agentNode(of: PartyOf): ElementNode {
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

export const bankTransactionCode = group({
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

const amountAndExchange = (set: (reader: FieldRecord, value: MoneyAmount) => void): ElementNode =>
  group({ Amt: amount(set), CcyXchg: exchange });

export const amountDetails = group({
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

/** One charge with an element of its own, as in the messages between banks. */
export const chargeRecord = group(chargeFields, {
  open: openCharge,
  close: (reader) => reader.takeCharge(false),
});

/** Version .02 repeats `Chrgs`; later ones hold a total and `Rcrd` elements. */
export const charges = group(
  {
    ...chargeFields,
    TtlChrgsAndTaxAmt: amount((reader, value) => {
      reader.charge.total = value;
    }),
    Rcrd: group(chargeFields, { open: openCharge, close: (reader) => reader.takeCharge(true) }),
  },
  { open: openCharge, close: (reader) => reader.takeCharge(false) },
);

const documentAmount = (set: (amounts: DocumentAmounts, value: MoneyAmount) => void): ElementNode => {
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

export const remittance = group({
  Ustrd: text((reader, value) => {
    reader.target.unstructured.push(value);
  }),
  Strd: structuredRemittance,
});

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
  ClrSysRef: text((reader, value) => {
    reader.target.clearingSystemReference = value;
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

export const transactionDetails = group<CamtRecord>(
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
    RmtInf: remittance,
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
